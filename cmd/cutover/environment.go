package main

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kelseyhightower/envconfig"

	"github.com/cutover-dev/cutover/alerts"
	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/kubernetes"
	"github.com/cutover-dev/cutover/internal/source"
)

// prefix is that of every variable.
const prefix = "CUTOVER"

// variables are the CUTOVER_* variables as they stand in the environment. All
// are text here: envconfig stops at the first value that it can't convert, and
// repeats it, even if it is an address with a password. settings converts them
// and collects every fault.
//
// The help of a command lists the variables whose `reads` names it.
type variables struct {
	Checklist          string `split_words:"true" reads:"serve explain generate smoke baseline dashboards" desc:"file, glob, directory, https://…, github:owner/repository#12, gitlab:group/project#12 (an issue's address does, too), or builtin:python-3.13; several with commas"`
	ChecklistName      string `split_words:"true" reads:"serve explain generate smoke incident baseline dashboards" desc:"name in labels and file names, for one checklist (default: the file's stem)"`
	ChecklistURL       string `split_words:"true" reads:"serve generate dashboards" desc:"where people open the checklist, for links"`
	ChecklistInterval  string `split_words:"true" default:"1m" reads:"serve" desc:"time between two looks at a checklist on a server; one that asks for more time gets it"`
	ChecklistTokenFile string `split_words:"true" reads:"serve explain generate smoke baseline dashboards" desc:"file with the token for a checklist at https://…; sent to that server only"`
	GithubURL          string `split_words:"true" reads:"serve explain generate smoke baseline dashboards" desc:"the API of a GitHub of your own, such as https://git.example.org/api/v3"`
	GithubTokenFile    string `split_words:"true" reads:"serve explain generate smoke baseline dashboards" desc:"file with the token for that API, which may read issues"`
	GitlabURL          string `split_words:"true" reads:"serve explain generate smoke baseline dashboards" desc:"the API of a GitLab of your own, such as https://git.example.org/api/v4"`
	GitlabTokenFile    string `split_words:"true" reads:"serve explain generate smoke baseline dashboards" desc:"file with the token for that API, which may read issues"`

	RunbookURL string `split_words:"true" reads:"generate" desc:"linked from every alert"`
	GrafanaURL string `split_words:"true" reads:"generate dashboards" desc:"linked from alerts about a checklist, and the Grafana that dashboards are pushed to"`

	ListenAddress    string `split_words:"true" default:":9847" reads:"serve" desc:"where metrics and the status page are served"`
	WebConfigFile    string `split_words:"true" reads:"serve" desc:"TLS and basic authentication, in exporter-toolkit's format"`
	Journal          string `split_words:"true" reads:"serve generate baseline" desc:"file that remembers what changed when, also across restarts"`
	TokenFile        string `split_words:"true" reads:"serve incident baseline" desc:"file with the token that whoever opens incidents over HTTP must have"`
	URL              string `split_words:"true" reads:"incident journal baseline generate" desc:"the running exporter, such as http://localhost:9847"`
	GrafanaTokenFile string `split_words:"true" reads:"dashboards" desc:"file with the token of a service account of that Grafana, with the role Editor"`
	PrometheusURL    string `split_words:"true" reads:"baseline" desc:"the Prometheus that measures the service"`

	Config              string `split_words:"true" reads:"serve smoke explain" desc:"cutover.yaml: what to test where; without it the variables below give the standard tests"`
	TargetURL           string `split_words:"true" reads:"serve smoke" desc:"the new version of the service, for smoke tests"`
	TargetEnvironment   string `split_words:"true" reads:"serve smoke" desc:"its environment, if tests of it shall prove tasks of that environment only"`
	TargetPythonVersion string `split_words:"true" reads:"serve smoke" desc:"the Python it must run (default: the one the checklist names)"`
	TargetOrigin        string `split_words:"true" reads:"serve smoke" desc:"a page of another site that may use it, such as https://app.example: what browsers allow is then tested"`
	TargetWrites        string `split_words:"true" default:"false" reads:"serve smoke" desc:"true allows tests that write to it, its database and its Redis, and remove what they wrote"`
	DatabaseURL         string `split_words:"true" reads:"serve smoke" desc:"its PostgreSQL"`
	RedisURL            string `split_words:"true" reads:"serve smoke" desc:"its Redis"`
	SmokeInterval       string `split_words:"true" default:"30s" reads:"serve generate explain baseline" desc:"time between two runs of a smoke test"`
	SmokeTimeout        string `split_words:"true" default:"5s" reads:"serve smoke" desc:"a smoke test without answer fails after this"`

	Instrumentation   string `split_words:"true" default:"fastapi-instrumentator" reads:"generate explain baseline" desc:"how the service names its metrics; smoke where it has none, and the smoke tests measure it"`
	BaselineSelector  string `split_words:"true" reads:"generate explain baseline" desc:"label matchers of the old version's series, without braces (default slot=\"blue\"; of smoke tests track=\"baseline\")"`
	CandidateSelector string `split_words:"true" reads:"generate explain" desc:"label matchers of the new version's series (default slot=\"green\"; of smoke tests track=\"candidate\")"`
	LoadtestSelector  string `split_words:"true" reads:"generate explain" desc:"label matchers of a load test's series"`

	NativeHistograms string `split_words:"true" default:"false" reads:"generate baseline" desc:"true where Prometheus scrapes the latencies as native histograms"`

	QueryErrorRatio    string `split_words:"true" reads:"generate explain baseline dashboards" desc:"PromQL for the signal, with $selector and $window"`
	QuerySuccessRatio  string `split_words:"true" reads:"generate explain baseline dashboards" desc:"the same"`
	QueryLatency       string `split_words:"true" reads:"generate explain baseline dashboards" desc:"the same, in seconds"`
	QueryThroughput    string `split_words:"true" reads:"generate explain baseline dashboards" desc:"the same, per second"`
	QueryMemory        string `split_words:"true" reads:"generate explain baseline dashboards" desc:"the same, in bytes"`
	QueryCPU           string `split_words:"true" reads:"generate explain baseline dashboards" desc:"the same, in cores"`
	QueryAvailability  string `split_words:"true" reads:"generate explain baseline dashboards" desc:"the same, a ratio"`
	QueryTestPassRatio string `split_words:"true" reads:"generate explain baseline" desc:"the same, a ratio"`
	QueryBusiness      string `split_words:"true" reads:"generate explain baseline dashboards" desc:"the same: what the business counts, of both versions"`

	Job                string `split_words:"true" default:"cutover" reads:"generate" desc:"the scrape job of this exporter"`
	ScrapeInterval     string `split_words:"true" default:"15s" reads:"generate baseline" desc:"how often the service is scraped"`
	EvaluationInterval string `split_words:"true" default:"15s" reads:"generate" desc:"how often the rules are evaluated"`
	MinRequests        string `split_words:"true" default:"30" reads:"generate baseline" desc:"requests that a window needs before it proves something"`
	DefaultFor         string `split_words:"true" default:"2m" reads:"generate" desc:"how long a criterion waits whose line names no duration"`
	TimeScale          string `split_words:"true" default:"1" reads:"serve generate" desc:"shortens every promised duration, for rehearsals: 0.1 is ten times as fast"`

	ReceiverWebhookURL              string `split_words:"true" reads:"generate" desc:"alerts are posted here"`
	ReceiverWebhookURLFile          string `split_words:"true" reads:"generate" desc:"the same, in a file that Alertmanager reads"`
	ReceiverPagerdutyRoutingKeyFile string `split_words:"true" reads:"generate" desc:"PagerDuty gets the pages: the key of its Events API v2, in a file that Alertmanager reads"`
	ReceiverPagerdutyURL            string `split_words:"true" reads:"generate" desc:"its API, if not that of the United States"`
	ReceiverSlackURLFile            string `split_words:"true" reads:"generate" desc:"the address of Slack's incoming webhook, in a file that Alertmanager reads"`
	ReceiverSlackChannel            string `split_words:"true" reads:"generate" desc:"its channel, if the webhook lets one choose"`
	ReceiverEmailTo                 string `split_words:"true" reads:"generate" desc:"alerts are mailed here; several addresses with commas"`
	ReceiverEmailFrom               string `split_words:"true" reads:"generate" desc:"the sender's address"`
	ReceiverEmailSmarthost          string `split_words:"true" reads:"generate" desc:"the mail server, host:port"`
	ReceiverEmailUsername           string `split_words:"true" reads:"generate" desc:"the user there"`
	ReceiverEmailPasswordFile       string `split_words:"true" reads:"generate" desc:"the password there, in a file that Alertmanager reads"`
	ReceiverEmailRequireTLS         string `split_words:"true" default:"true" reads:"generate" desc:"false allows mail without TLS"`
	ReceiverTeamsURLFile            string `split_words:"true" reads:"generate" desc:"the address of a workflow of Microsoft Teams, in a file that Alertmanager (0.28 or later) reads"`
	ReceiverHeartbeatURL            string `split_words:"true" reads:"generate" desc:"posted to every minute for as long as alerting works"`
	ReceiverHeartbeatURLFile        string `split_words:"true" reads:"generate" desc:"the same, in a file that Alertmanager reads"`

	KubernetesNamespace string `split_words:"true" reads:"generate" desc:"namespace of the objects of --format kubernetes (default: the one they are applied to)"`
	KubernetesLabels    string `split_words:"true" reads:"generate" desc:"labels of these objects, such as release=monitoring,team=platform: operators choose by them"`

	GrafanaDatasource string `split_words:"true" default:"prometheus" reads:"generate" desc:"uid of Grafana's Prometheus, for the rules of --format grafana"`

	MaxSeries      string `split_words:"true" default:"10000" reads:"serve" desc:"series that a checklist may have; tasks beyond are counted, but have none of their own"`
	MaxSeriesInAll string `split_words:"true" default:"50000" reads:"serve" desc:"the same for all checklists together"`

	LogLevel  string `split_words:"true" default:"info" reads:"serve" desc:"debug, info, warn or error"`
	LogFormat string `split_words:"true" default:"text" reads:"serve" desc:"text or json"`
}

// settings are the variables, converted.
type settings struct {
	variables
	smokeInterval, smokeTimeout time.Duration
	targetWrites                bool
	maxSeries, maxSeriesInAll   int
	remote                      source.Remote // how checklists on servers are fetched
	rules                       alerts.Options
	receivers                   alerts.Receivers
	kubernetes                  kubernetes.Options
	frozen                      map[string][]alerts.Baseline // by checklist; frozenBaselines reads them
	logLevel                    slog.Level
}

// readEnvironment reads the CUTOVER_* variables, once. The warnings are about
// variables that nothing reads. The error has every fault, a line each.
func readEnvironment() (s settings, warnings []string, err error) {
	if err := envconfig.Process(prefix, &s.variables); err != nil {
		return settings{}, nil, err
	}
	s.unsetEmpty()
	var f faults
	s.smokeInterval = f.duration("SMOKE_INTERVAL", s.SmokeInterval)
	s.smokeTimeout = f.duration("SMOKE_TIMEOUT", s.SmokeTimeout)
	s.targetWrites = f.boolean("TARGET_WRITES", s.TargetWrites)
	for name, value := range map[string]string{
		"CHECKLIST_URL": s.ChecklistURL, "RUNBOOK_URL": s.RunbookURL, "GRAFANA_URL": s.GrafanaURL, "TARGET_URL": s.TargetURL,
		"TARGET_ORIGIN": s.TargetOrigin, "URL": s.URL, "PROMETHEUS_URL": s.PrometheusURL, "GITHUB_URL": s.GithubURL, "GITLAB_URL": s.GitlabURL,
	} {
		f.url(name, value, "http", "https")
	}
	s.maxSeries, s.maxSeriesInAll = f.count("MAX_SERIES", s.MaxSeries), f.count("MAX_SERIES_IN_ALL", s.MaxSeriesInAll)
	s.remote = source.Remote{
		Interval: f.duration("CHECKLIST_INTERVAL", s.ChecklistInterval), TokenFile: s.ChecklistTokenFile,
		GitHubURL: s.GithubURL, GitHubTokenFile: s.GithubTokenFile, GitLabURL: s.GitlabURL, GitLabTokenFile: s.GitlabTokenFile,
	}
	f.url("REDIS_URL", s.RedisURL, "redis", "rediss", "unix")
	f.oneOf("LOG_FORMAT", s.LogFormat, "text", "json")
	f.oneOf("INSTRUMENTATION", s.Instrumentation, alerts.Instrumentations()...)
	if err := s.logLevel.UnmarshalText([]byte(s.LogLevel)); err != nil {
		f.add("LOG_LEVEL", s.LogLevel, "use debug, info, warn or error")
	}
	s.receivers = s.alertReceivers(&f)
	s.kubernetes = s.kubernetesOptions(&f)
	s.rules = s.ruleOptions(&f)
	return s, append(unknownVariables(os.Environ()), s.shadowed()...), f.err()
}

func (s *settings) ruleOptions(f *faults) alerts.Options {
	o := alerts.Options{
		Instrumentation:    s.Instrumentation,
		BaselineSelector:   s.BaselineSelector,
		CandidateSelector:  s.CandidateSelector,
		LoadTestSelector:   s.LoadtestSelector,
		NativeHistograms:   f.boolean("NATIVE_HISTOGRAMS", s.NativeHistograms),
		Queries:            map[criterion.Signal]string{},
		Job:                s.Job,
		ScrapeInterval:     f.duration("SCRAPE_INTERVAL", s.ScrapeInterval),
		EvaluationInterval: f.duration("EVALUATION_INTERVAL", s.EvaluationInterval),
		SmokeInterval:      s.smokeInterval,
		MinRequests:        f.count("MIN_REQUESTS", s.MinRequests),
		DefaultFor:         f.duration("DEFAULT_FOR", s.DefaultFor),
		TimeScale:          f.scale("TIME_SCALE", s.TimeScale),
		ChecklistURL:       s.ChecklistURL,
		RunbookURL:         s.RunbookURL,
		GrafanaURL:         s.GrafanaURL,
	}
	for signal, query := range map[criterion.Signal]string{
		criterion.ErrorRatio: s.QueryErrorRatio, criterion.SuccessRatio: s.QuerySuccessRatio, criterion.Latency: s.QueryLatency,
		criterion.Throughput: s.QueryThroughput, criterion.Memory: s.QueryMemory, criterion.CPU: s.QueryCPU,
		criterion.Availability: s.QueryAvailability, criterion.TestPassRatio: s.QueryTestPassRatio, criterion.Business: s.QueryBusiness,
	} {
		if query != "" {
			o.Queries[signal] = query
			f.promql("QUERY_"+strings.ToUpper(string(signal)), alerts.Options{Queries: map[criterion.Signal]string{signal: query}})
		}
	}
	f.promql("BASELINE_SELECTOR", alerts.Options{BaselineSelector: o.BaselineSelector})
	f.promql("CANDIDATE_SELECTOR", alerts.Options{CandidateSelector: o.CandidateSelector})
	f.promql("LOADTEST_SELECTOR", alerts.Options{LoadTestSelector: o.LoadTestSelector})
	return o
}

func (v *variables) kubernetesOptions(f *faults) kubernetes.Options {
	if err := kubernetes.CheckNamespace(v.KubernetesNamespace); err != nil {
		f.add("KUBERNETES_NAMESPACE", v.KubernetesNamespace, err.Error())
	}
	labels, err := kubernetes.ParseLabels(v.KubernetesLabels)
	if err != nil {
		f.add("KUBERNETES_LABELS", v.KubernetesLabels, err.Error())
	}
	return kubernetes.Options{Namespace: v.KubernetesNamespace, Labels: labels}
}

// unsetEmpty gives variables that are set to nothing their default: in a compose
// file, `CUTOVER_JOB=` means that nobody wants to say anything about it.
func (v *variables) unsetEmpty() {
	for field, value := range reflect.ValueOf(v).Elem().Fields() {
		if value.String() == "" {
			value.SetString(field.Tag.Get("default"))
		}
	}
}

// variableHelp lists the variables that a command reads.
func variableHelp(command string) string {
	var b strings.Builder
	b.WriteString("Environment:\n")
	t := reflect.TypeFor[variables]()
	for i := range t.NumField() {
		field := t.Field(i)
		if !slices.Contains(strings.Fields(field.Tag.Get("reads")), command) {
			continue
		}
		desc := field.Tag.Get("desc")
		if d := field.Tag.Get("default"); d != "" {
			desc += " (default " + d + ")"
		}
		fmt.Fprintf(&b, "  %s\n      %s\n", variableName(field.Name), desc)
	}
	return b.String()
}

// variableName spells a field as envconfig does with split_words: ListenAddress
// is CUTOVER_LISTEN_ADDRESS, ChecklistURL is CUTOVER_CHECKLIST_URL.
func variableName(field string) string {
	var b strings.Builder
	b.WriteString(prefix)
	runes := []rune(field)
	upper := func(i int) bool { return i < len(runes) && runes[i] >= 'A' && runes[i] <= 'Z' }
	for i, r := range runes {
		if upper(i) && (i == 0 || !upper(i-1) || (i+1 < len(runes) && !upper(i+1))) {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

// unknownVariables warns of CUTOVER_* variables that nothing reads: most are
// typing errors. Kubernetes sets some for a Service called cutover.
func unknownVariables(environ []string) []string {
	known := map[string]bool{}
	t := reflect.TypeFor[variables]()
	for i := range t.NumField() {
		known[variableName(t.Field(i).Name)] = true
	}
	var warnings []string
	for _, entry := range environ {
		name, _, _ := strings.Cut(entry, "=")
		rest, ours := strings.CutPrefix(name, prefix+"_")
		if !ours || known[name] || strings.HasPrefix(rest, "SERVICE_") || rest == "PORT" || strings.HasPrefix(rest, "PORT_") {
			continue
		}
		warnings = append(warnings, name+" is set, but nothing reads it")
	}
	slices.Sort(warnings)
	return warnings
}

// faults collects what is wrong with the environment.
type faults []string

// add names a variable, its value and what is allowed.
func (f *faults) add(name, value, allowed string) {
	*f = append(*f, fmt.Sprintf("%s_%s=%q: %s", prefix, name, value, allowed))
}

// addSecret leaves the value out.
func (f *faults) addSecret(name, allowed string) {
	*f = append(*f, fmt.Sprintf("%s_%s: %s", prefix, name, allowed))
}

func (f *faults) duration(name, value string) time.Duration {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		f.add(name, value, "use a duration above zero, such as 15s or 2m")
		return 0
	}
	return d
}

func (f *faults) count(name, value string) int {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		f.add(name, value, "use a whole number from 1")
		return 0
	}
	return n
}

func (f *faults) scale(name, value string) float64 {
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || !(n > 0 && n <= 1) {
		f.add(name, value, "use a number above 0 and at most 1")
		return 0
	}
	return n
}

func (f *faults) boolean(name, value string) bool {
	b, err := strconv.ParseBool(value)
	if err != nil {
		f.add(name, value, "use true or false")
	}
	return b
}

func (f *faults) oneOf(name, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		f.add(name, value, "use one of "+strings.Join(allowed, ", "))
	}
}

// url checks an address without ever repeating it: it may hold a password.
func (f *faults) url(name, value string, schemes ...string) {
	if value == "" {
		return
	}
	u, err := url.Parse(value)
	if err != nil || !slices.Contains(schemes, u.Scheme) || cmp.Or(u.Host, u.Path) == "" {
		f.addSecret(name, "use a whole address that begins with "+strings.Join(schemes, ":// or ")+"://")
	}
}

// promql has the rules' own check look at one option.
func (f *faults) promql(name string, o alerts.Options) {
	if err := o.Check(); err != nil {
		*f = append(*f, fmt.Sprintf("%s_%s: %v", prefix, name, err))
	}
}

func (f *faults) err() error {
	if len(*f) == 0 {
		return nil
	}
	slices.Sort(*f)
	return errors.New(strings.Join(*f, "\n"))
}
