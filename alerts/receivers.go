package alerts

import "go.yaml.in/yaml/v3"

// Receivers say where alerts go. Any number of them may be set at once; the
// zero value of each is none. A page is an alert that wakes somebody: a call
// for a rollback, a candidate that is gone, measurements or the exporter
// missing. The rest are warnings, such as a missed target.
//
//	             pages   warnings   watchdog
//	webhook        ✓        ✓
//	Slack          ✓        ✓
//	e-mail         ✓        ✓
//	Teams          ✓        ✓
//	PagerDuty      ✓
//	heartbeat                          ✓
//
// Every receiver gets the pages: the one that is read first is not known
// beforehand. PagerDuty gets nothing else, or people learn to sleep through it.
//
// A secret is the absolute path of a file that Alertmanager reads itself: then
// it never stands in what is generated. Only the addresses of the webhook and
// the heartbeat may be given as they are, since not every one of them is a
// secret.
//
// Alertmanager expands templates in most of these texts: none may contain "{{".
type Receivers struct {
	// WebhookURL or WebhookURLFile is where every alert is posted.
	WebhookURL, WebhookURLFile string
	// HeartbeatURL or HeartbeatURLFile is posted to once a minute for as long as
	// alerting works: a service that calls somebody when the posts stay away.
	HeartbeatURL, HeartbeatURLFile string

	PagerDuty PagerDuty
	Slack     Slack
	Email     Email
	Teams     Teams
}

// PagerDuty is a service of PagerDuty with an integration for its Events API v2.
type PagerDuty struct {
	RoutingKeyFile string
	URL            string // of the API; empty for that of the United States
}

// Slack is an incoming webhook of Slack.
type Slack struct {
	URLFile string
	Channel string // where the webhook lets one choose; empty for its own
}

// Email is a mailbox and the server that takes mail for it.
type Email struct {
	To        string // addresses, with commas between them
	From      string // one address
	Smarthost string // host:port
	// Username and PasswordFile are both set, or neither.
	Username, PasswordFile string
	// Plaintext sends without TLS if the server offers none; on port 465 TLS
	// comes first anyway.
	Plaintext bool
}

// Teams is a workflow of Microsoft Teams that posts what comes to its address.
// It needs Alertmanager 0.28.
type Teams struct {
	URLFile string
}

// None says whether pages would reach nobody.
func (r Receivers) None() bool { return r.noWarnings() && r.PagerDuty == PagerDuty{} }

// PagesOnly says whether pages reach somebody and warnings nobody.
func (r Receivers) PagesOnly() bool { return r.noWarnings() && !r.None() }

func (r Receivers) noWarnings() bool {
	return r.WebhookURL == "" && r.WebhookURLFile == "" && r.Slack == Slack{} && r.Email == Email{} && r.Teams == Teams{}
}

// The receivers' names. The prefix keeps them apart from those of an
// Alertmanager that they are merged into.
const (
	receiverDefault   = "cutover"
	receiverPage      = "cutover-page"
	receiverHeartbeat = "cutover-heartbeat"
)

// minimumVersion is that of an Alertmanager that knows all of these receivers.
func (r Receivers) minimumVersion() string {
	if r.Teams != (Teams{}) {
		return "0.28"
	}
	return "0.27"
}

func (r Receivers) nodes() *yaml.Node {
	all := func() []integration {
		return []integration{
			{"webhook_configs", webhook(r.WebhookURL, r.WebhookURLFile, true)},
			{"slack_configs", r.Slack.node()},
			{"email_configs", r.Email.node()},
			{"msteamsv2_configs", r.Teams.node()},
		}
	}
	return sequence(
		receiver(receiverDefault, all()...),
		receiver(receiverPage, append(all(), integration{"pagerduty_configs", r.PagerDuty.node()})...),
		receiver(receiverHeartbeat, integration{"webhook_configs", webhook(r.HeartbeatURL, r.HeartbeatURLFile, false)}),
	)
}

// integration is one way in which a receiver is notified: Alertmanager's key
// for it, and its configuration or nil.
type integration struct {
	key    string
	config *yaml.Node
}

// receiver has the integrations that are configured; without any, it receives
// nothing.
func receiver(name string, integrations ...integration) *yaml.Node {
	n := mapping("name", text(name))
	for _, i := range integrations {
		if i.config != nil {
			n.Content = append(n.Content, text(i.key), sequence(i.config))
		}
	}
	return n
}

func webhook(url, file string, resolved bool) *yaml.Node {
	switch {
	case file != "":
		return mapping("url_file", text(file), "send_resolved", scalar(resolved))
	case url != "":
		return mapping("url", text(url), "send_resolved", scalar(resolved))
	default:
		return nil
	}
}

func (s Slack) node() *yaml.Node {
	if s == (Slack{}) {
		return nil
	}
	n := mapping("api_url_file", text(s.URLFile))
	if s.Channel != "" {
		n.Content = append(n.Content, text("channel"), text(s.Channel))
	}
	action := func(name, url string) *yaml.Node {
		return mapping("type", text("button"), "text", text(name), "url", text(url))
	}
	markdown := list("pretext")
	markdown.LineComment = "and we have none: text from the checklist is not markup"
	n.Content = append(n.Content, mapping(
		"send_resolved", scalar(true),
		"title", text(slackMarkup.title()),
		"title_link", text("{{ .ExternalURL }}"),
		"fallback", text(slackMarkup.title()),
		"text", text(slackMarkup.body()),
		"mrkdwn_in", markdown,
		// Slack may refuse a message with a button that leads nowhere, so each has
		// somewhere else to go.
		"actions", sequence(
			action(either("dashboard_url", "Dashboard", "Alerts"), link("dashboard_url", "{{ $.ExternalURL }}/#/alerts")),
			action(either("checklist_url", "Checklist", "Alertmanager"), link("checklist_url", "{{ $.ExternalURL }}")),
			action(either("runbook_url", "Runbook", "Silences"), link("runbook_url", "{{ $.ExternalURL }}/#/silences")),
		),
	).Content...)
	return n
}

func (e Email) node() *yaml.Node {
	if e == (Email{}) {
		return nil
	}
	n := mapping("to", text(e.To), "from", text(e.From), "smarthost", text(e.Smarthost))
	if e.Username != "" {
		n.Content = append(n.Content, text("auth_username"), text(e.Username), text("auth_password_file"), text(e.PasswordFile))
	}
	if e.Plaintext {
		n.Content = append(n.Content, text("require_tls"), scalar(false))
	}
	n.Content = append(n.Content, mapping(
		"send_resolved", scalar(true),
		"headers", mapping("Subject", text(plainMarkup.title())),
		"text", text(plainMarkup.body()),
		"html", text(htmlBody),
	).Content...)
	return n
}

func (t Teams) node() *yaml.Node {
	if t == (Teams{}) {
		return nil
	}
	return mapping(
		"webhook_url_file", text(t.URLFile),
		"send_resolved", scalar(true),
		"title", text(teamsMarkup.title()),
		"text", text(teamsMarkup.body()),
	)
}

func (p PagerDuty) node() *yaml.Node {
	if p == (PagerDuty{}) {
		return nil
	}
	n := mapping("routing_key_file", text(p.RoutingKeyFile))
	if p.URL != "" {
		n.Content = append(n.Content, text("url"), text(p.URL))
	}
	links := sequence()
	for _, l := range messageLinks {
		// PagerDuty is sent those links only that lead somewhere.
		links.Content = append(links.Content, mapping("href", text("{{ with "+first+" }}{{ .Annotations."+l.annotation+" }}{{ end }}"), "text", text(l.name)))
	}
	n.Content = append(n.Content, mapping(
		"send_resolved", scalar(true),
		"severity", text(severityCritical),
		"description", text(plainMarkup.title()),
		"class", text("{{ .CommonLabels.alertname }}"),
		"component", text("{{ .CommonLabels.checklist }}"),
		"details", pagerDutyDetails(),
		"links", links,
	).Content...)
	return n
}
