package main

import (
	"cmp"
	"net"
	"net/mail"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/cutover-dev/cutover/alerts"
)

// alertReceivers are the receivers that the environment names.
func (v *variables) alertReceivers(f *faults) alerts.Receivers {
	f.address("RECEIVER_WEBHOOK_URL", v.ReceiverWebhookURL, v.ReceiverWebhookURLFile)
	f.address("RECEIVER_HEARTBEAT_URL", v.ReceiverHeartbeatURL, v.ReceiverHeartbeatURLFile)
	for name, value := range map[string]string{
		"PAGERDUTY_ROUTING_KEY_FILE": v.ReceiverPagerdutyRoutingKeyFile, "SLACK_URL_FILE": v.ReceiverSlackURLFile,
		"EMAIL_PASSWORD_FILE": v.ReceiverEmailPasswordFile, "TEAMS_URL_FILE": v.ReceiverTeamsURLFile,
	} {
		f.secretFile("RECEIVER_"+name, value)
	}
	f.url("RECEIVER_PAGERDUTY_URL", v.ReceiverPagerdutyURL, "http", "https")
	f.noTemplate("RECEIVER_PAGERDUTY_URL", v.ReceiverPagerdutyURL)
	f.needs("RECEIVER_PAGERDUTY_URL", v.ReceiverPagerdutyURL, "RECEIVER_PAGERDUTY_ROUTING_KEY_FILE", v.ReceiverPagerdutyRoutingKeyFile)
	f.needs("RECEIVER_SLACK_CHANNEL", v.ReceiverSlackChannel, "RECEIVER_SLACK_URL_FILE", v.ReceiverSlackURLFile)
	f.noTemplate("RECEIVER_SLACK_CHANNEL", v.ReceiverSlackChannel)
	return alerts.Receivers{
		WebhookURL: v.ReceiverWebhookURL, WebhookURLFile: v.ReceiverWebhookURLFile,
		HeartbeatURL: v.ReceiverHeartbeatURL, HeartbeatURLFile: v.ReceiverHeartbeatURLFile,
		PagerDuty: alerts.PagerDuty{RoutingKeyFile: v.ReceiverPagerdutyRoutingKeyFile, URL: v.ReceiverPagerdutyURL},
		Slack:     alerts.Slack{URLFile: v.ReceiverSlackURLFile, Channel: v.ReceiverSlackChannel},
		Email:     v.emailReceiver(f),
		Teams:     alerts.Teams{URLFile: v.ReceiverTeamsURLFile},
	}
}

func (v *variables) emailReceiver(f *faults) alerts.Email {
	const to = "RECEIVER_EMAIL_TO"
	for _, s := range []struct{ name, value string }{
		{"RECEIVER_EMAIL_FROM", v.ReceiverEmailFrom},
		{"RECEIVER_EMAIL_SMARTHOST", v.ReceiverEmailSmarthost},
	} {
		f.needs(s.name, s.value, to, v.ReceiverEmailTo)
		f.needs(to, v.ReceiverEmailTo, s.name, s.value)
		f.noTemplate(s.name, s.value)
	}
	const username, password = "RECEIVER_EMAIL_USERNAME", "RECEIVER_EMAIL_PASSWORD_FILE"
	f.needs(username, v.ReceiverEmailUsername, to, v.ReceiverEmailTo)
	f.needs(username, v.ReceiverEmailUsername, password, v.ReceiverEmailPasswordFile)
	f.needs(password, v.ReceiverEmailPasswordFile, username, v.ReceiverEmailUsername)
	f.noTemplate(to, v.ReceiverEmailTo)
	if _, err := mail.ParseAddressList(v.ReceiverEmailTo); v.ReceiverEmailTo != "" && err != nil {
		f.add(to, v.ReceiverEmailTo, "use addresses with commas between them, such as oncall@example.org")
	}
	if _, err := mail.ParseAddress(v.ReceiverEmailFrom); v.ReceiverEmailFrom != "" && err != nil {
		f.add("RECEIVER_EMAIL_FROM", v.ReceiverEmailFrom, "use one address, such as cutover@example.org")
	}
	f.hostPort("RECEIVER_EMAIL_SMARTHOST", v.ReceiverEmailSmarthost)
	requireTLS := f.boolean("RECEIVER_EMAIL_REQUIRE_TLS", v.ReceiverEmailRequireTLS)
	if v.ReceiverEmailTo == "" {
		return alerts.Email{}
	}
	return alerts.Email{
		To: v.ReceiverEmailTo, From: v.ReceiverEmailFrom, Smarthost: v.ReceiverEmailSmarthost,
		Username: v.ReceiverEmailUsername, PasswordFile: v.ReceiverEmailPasswordFile,
		Plaintext: !requireTLS,
	}
}

// address checks an address that stands in a variable or in a file, not both.
func (f *faults) address(name, value, file string) {
	if value != "" && file != "" {
		f.addSecret(name, "is set, and so is "+prefix+"_"+name+"_FILE: set one of them")
	}
	f.url(name, value, "http", "https")
	f.noTemplate(name, value)
	f.secretFile(name+"_FILE", file)
}

// secretFile finds the secret itself where its file should be named, as far as
// one can tell, and doesn't repeat it. The file is Alertmanager's to read: it
// need not be here. Alertmanager looks for a relative one in the folder where it
// was started, whatever that is.
func (f *faults) secretFile(name, value string) {
	if value != "" && !path.IsAbs(value) && !filepath.IsAbs(value) {
		f.addSecret(name, "use the absolute path of a file that holds the secret, on the machine where Alertmanager runs")
	}
}

// noTemplate keeps out what Alertmanager would expand.
func (f *faults) noTemplate(name, value string) {
	if strings.Contains(value, "{{") {
		f.addSecret(name, "leave {{ out: Alertmanager would take it for a template")
	}
}

// needs finds a variable that can do nothing without another.
func (f *faults) needs(name, value, other, otherValue string) {
	if value != "" && otherValue == "" {
		f.addSecret(name, "needs "+prefix+"_"+other+" as well")
	}
}

func (f *faults) hostPort(name, value string) {
	host, port, err := net.SplitHostPort(value)
	n, portErr := strconv.ParseUint(port, 10, 16)
	if value != "" && (cmp.Or(err, portErr) != nil || host == "" || n == 0) {
		f.add(name, value, "use host:port, such as mail.example.org:587")
	}
}
