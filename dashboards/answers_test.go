package dashboards

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/internal/testenv"
)

// answer is what one scenario makes the first rows say: for a query, named by
// its panel and id, the samples it gives. All other queries of the panels in
// asked give nothing.
type answer struct {
	name   string
	series map[string]string // with values as promtool writes them
	want   map[string]string // `{labels} value`, several separated by "; "
}

// asked are the panels whose answers are compared.
var asked = []string{"Progress", "Phase", "Candidate traffic", "Next step", "Verdict", "What is wrong", "Hold", "Stages", "Ticked, yet disproven"}

const rollbackOnErrors = "rollback-scenarios/rollback-criteria/error-rate-gt-1pct-for-gt-5-minutes"

// at is the moment of the questions, in minutes; series of the scenarios begin
// at zero.
const at = 60

// planned is what two replicas of an exporter say of a plan with three tasks
// and two stages, before anything is done.
func untouched() map[string]string {
	out := map[string]string{}
	for _, replica := range []string{"a", "b"} {
		set := func(metric, labels, value string) {
			out[fmt.Sprintf(`%s{checklist="python-3.13",instance=%q,%s}`, metric, replica, labels)] = value + "x90"
		}
		set("cutover_checklist_tasks", `section="S",group="G",kind="plan",state="done"`, "0")
		set("cutover_checklist_tasks", `section="S",group="G",kind="plan",state="open"`, "3")
		set("cutover_checklist_tasks", `section="S",group="G",kind="plan",state="cancelled"`, "5")
		set("cutover_checklist_tasks", `section="R",group="G",kind="contingency",state="open"`, "7")
		set("cutover_checklist_task_done", `id="s/t"`, "0")
		set("cutover_checklist_task_info", `id="s/t",section="S",group="G",kind="plan",task="Task"`, "1")
		for _, phase := range []string{"planned", "shifting", "soaking", "done", "rolled_back"} {
			set("cutover_rollout_phase", fmt.Sprintf("phase=%q", phase), map[bool]string{true: "1", false: "0"}[phase == "planned"])
		}
		set("cutover_stage_traffic_ratio", `stage="10%"`, "0.1")
		set("cutover_stage_traffic_ratio", `stage="50%"`, "0.5")
		set("cutover_stage_hold_seconds", `stage="10%"`, "900")
		set("cutover_stage_hold_seconds", `stage="50%"`, "7200")
		set("cutover_stage_shifted", `stage="10%"`, "0")
		set("cutover_stage_shifted", `stage="50%"`, "0")
		set("cutover_criterion_threshold", fmt.Sprintf("id=%q,role=\"rollback\"", rollbackOnErrors), "0.01")
		set("cutover_criterion_declared", `id="security"`, "0")
		set("cutover_source_up", `x=""`, "1")
	}
	return out
}

// with changes what all replicas say; a key is the metric and the labels that
// name the series, a value begins at the first minute.
func with(series map[string]string, changes map[string]string) map[string]string {
	out := maps.Clone(series)
	for key, value := range changes {
		metric, labels, _ := strings.Cut(strings.TrimSuffix(key, "}"), "{")
		found := false
		for s := range series {
			if strings.HasPrefix(s, metric+"{") && strings.Contains(s, labels) {
				out[s], found = value, true
			}
		}
		if !found {
			out[key] = value
		}
	}
	return out
}

// shifting is the plan at its first stage, ticked at minute 52.
func shifting() map[string]string {
	return with(untouched(), map[string]string{
		`cutover_rollout_phase{phase="planned"}`:                                                         "0x90",
		`cutover_rollout_phase{phase="shifting"}`:                                                        "1x90",
		`cutover_stage_shifted{stage="10%"}`:                                                             "1x90",
		`cutover_stage_shifted_timestamp_seconds{checklist="python-3.13",stage="10%"}`:                   "3120x90",
		`cutover_checklist_tasks{section="S",group="G",kind="plan",state="done"}`:                        "1x90",
		`cutover_checklist_tasks{section="S",group="G",kind="plan",state="open"}`:                        "2x90",
		`cutover_checklist_task_done{id="s/t"}`:                                                          "1x90",
		`cutover:traffic:ratio{checklist="python-3.13"}`:                                                 "0.09x90",
		`cutover:criterion:ok{checklist="python-3.13",id="` + rollbackOnErrors + `",role="rollback"}`:    "1x90",
		`cutover:criterion:ok{checklist="python-3.13",id="security",role="rollback"}`:                    "1x90",
		`cutover_smoke_success{environment="",track="candidate",suite="smoke",test="t",critical="true"}`: "1x90",
	})
}

func answers() []answer {
	firing := `ALERTS{alertname="CutoverRollback",alertstate="firing",checklist="python-3.13",criterion="` + rollbackOnErrors + `"}`
	broken := `cutover:criterion:ok{id="` + rollbackOnErrors + `",role="rollback"}`
	wantShifting := map[string]string{
		"Progress A":          `{done="1", total="3"} 0.3333333333333333`,
		"Phase A":             `{phase="shifting"} 1`,
		"Candidate traffic A": `{stage="10%"} 0.09`,
		"Next step A":         `{minutes="7", stage="50%"} 1`,
		"Verdict A":           `{broken="0", ok="2", unsure="0"} 1`,
		"What is wrong A":     `{} 0`,
		"What is wrong B":     `{} 0`,
		"What is wrong D":     `{} 1`,
		"Hold A":              `{held="8 min", hold="15 min", stage="10%"} 1`,
		"Stages A": `{hold="15 min", real="9 %", since="8 min", stage="10%", state="NOW"} 0.1; ` +
			`{hold="2 h", real="–", since="–", stage="50%", state="next"} 0.5`,
	}
	changed := func(changes map[string]string) map[string]string {
		out := maps.Clone(wantShifting)
		for k, v := range changes {
			if out[k] = v; v == "" {
				delete(out, k)
			}
		}
		return out
	}
	return []answer{
		{"no exporter and no rules", map[string]string{`up{job="other"}`: "1x90"}, map[string]string{
			"Phase B": "{} 0", "Next step J": "{} 0", "Hold B": "{} 0",
			"Verdict A":       `{broken="0", ok="0", unsure="0"} 0`,
			"What is wrong D": "{} -1",
		}},
		{"planned", untouched(), map[string]string{
			"Progress A": `{done="0", total="3"} 0`, "Phase A": `{phase="planned"} 1`,
			"Next step D": `{stage="10%"} 0.1`, "Hold C": "{} 0.5",
			"Verdict A":       `{broken="0", ok="0", unsure="2"} -1`,
			"What is wrong A": "{} 0", "What is wrong D": "{} 1",
			"Stages A": `{hold="15 min", real="–", since="–", stage="10%", state="next"} 0.1; ` +
				`{hold="2 h", real="–", since="–", stage="50%", state="–"} 0.5`,
		}},
		{"shifting", shifting(), wantShifting},
		{"hold over", with(shifting(), map[string]string{`cutover_stage_shifted_timestamp_seconds{stage="10%"}`: "2400x90"}), changed(map[string]string{
			"Next step A": "", "Next step B": `{stage="50%"} 0.5`,
			"Hold A": `{held="20 min", hold="15 min", stage="10%"} 1`,
			"Stages A": `{hold="15 min", real="9 %", since="20 min", stage="10%", state="NOW"} 0.1; ` +
				`{hold="2 h", real="–", since="–", stage="50%", state="next"} 0.5`,
		})},
		{"nobody saw the stage being ticked", without(with(shifting(), map[string]string{`cutover_stage_shifted{stage="10%"}`: "_x50 1x40"}), "cutover_stage_shifted_timestamp_seconds"), changed(map[string]string{
			"Next step A": "", "Next step C": `{stage="50%"} 0.5`,
			"Hold A": `{held="over 10 min", hold="15 min", stage="10%"} 1`,
			"Stages A": `{hold="15 min", real="9 %", since="–", stage="10%", state="NOW"} 0.1; ` +
				`{hold="2 h", real="–", since="–", stage="50%", state="next"} 0.5`,
		})},
		{"incidents", with(shifting(), map[string]string{
			`cutover_incident_open{checklist="python-3.13",kind="security",impact="minor"}`:              "1x90",
			`cutover_incident_open{checklist="python-3.13",kind="security",impact="minor",instance="b"}`: "1x90",
			`cutover_incident_open{checklist="python-3.13",kind="other",impact="none"}`:                  "2x90",
		}), changed(map[string]string{"What is wrong C": "{} 3"})},
		{"nothing measures the candidate", with(shifting(), map[string]string{broken: "1x30"}), changed(map[string]string{
			"Verdict A": `{broken="0", ok="1", unsure="1"} 0`,
		})},
		{"breach", with(shifting(), map[string]string{broken: "0x90"}), changed(map[string]string{
			"Next step A": "", "Next step G": "{} 0",
			"Verdict A": `{broken="1", ok="1", unsure="0"} 3`,
		})},
		{"roll back", with(shifting(), map[string]string{broken: "0x90", firing: "1x90"}), changed(map[string]string{
			"Next step A": "", "Next step F": "{} 1",
			"Verdict A": `{broken="1", ok="1", unsure="0"} 4`,
		})},
		{"candidate gone", with(shifting(), map[string]string{
			broken: "1x30",
			`ALERTS{alertname="CutoverCandidateDown",alertstate="firing",checklist="python-3.13"}`: "1x90",
		}), changed(map[string]string{
			"Next step A": "", "Next step F": "{} 1",
			"Verdict A": `{broken="0", ok="1", unsure="1"} 5`,
		})},
		{"contradicted, failing and unreadable", with(shifting(), map[string]string{
			`cutover_checklist_task_verified{checklist="python-3.13",id="s/t"}`: "0x90",
			`cutover_smoke_success{test="t"}`:                                   "0x90",
			`cutover_source_up{x=""}`:                                           "0x90",
		}), changed(map[string]string{
			"What is wrong A": "{} 1", "What is wrong B": "{} 1", "What is wrong D": "{} 0",
			"Ticked, yet disproven A": `{id="s/t", section="S", task="Task"} 1`,
		})},
		{"rolled back", with(shifting(), map[string]string{
			`cutover_rollout_phase{phase="shifting"}`: "0x90", `cutover_rollout_phase{phase="rolled_back"}`: "1x90",
		}), changed(map[string]string{
			"Phase A": `{phase="rolled_back"} 1`, "Next step A": "", "Next step H": "{} 1",
		})},
	}
}

// without leaves out a metric.
func without(series map[string]string, metric string) map[string]string {
	maps.DeleteFunc(series, func(key, _ string) bool { return strings.HasPrefix(key, metric+"{") })
	return series
}

// tables are answers of the tables, where a text stands beside each value.
func tables() []answer {
	const onDrop = "rollback-scenarios/rollback-criteria/gt-10pct-drop-in-business-metrics"
	row := func(id, measured, value string) string {
		return fmt.Sprintf(`{bound=%[1]q, id=%[1]q, line=%[1]q, measured=%[2]q, place=%[1]q} %[3]s`, id, measured, value)
	}
	criteria := with(without(untouched(), "cutover_criterion_declared"), map[string]string{
		`cutover_criterion_threshold{checklist="python-3.13",id="` + onDrop + `",role="rollback"}`: "0.1x90",
	})
	measured := with(criteria, map[string]string{
		`cutover:signal:ratio{checklist="python-3.13",environment="production",signal="error_ratio",statistic="mean",track="candidate"}`: "0.02x90",
		`cutover:criterion:ok{checklist="python-3.13",id="` + rollbackOnErrors + `",role="rollback"}`:                                    "0x90",
	})
	tests := map[string]string{}
	for _, replica := range []string{"a", "b"} {
		for i, test := range []string{"t", "u"} {
			of := fmt.Sprintf(`environment="staging",track="candidate",suite="api",test=%q`, test)
			tests[fmt.Sprintf(`cutover_smoke_success{%s,critical="true",instance=%q}`, of, replica)] = fmt.Sprintf("%dx90", i)
			tests[fmt.Sprintf(`cutover_smoke_duration_seconds{%s,instance=%q}`, of, replica)] = "0.0421x90"
			tests[fmt.Sprintf(`cutover_smoke_last_run_timestamp_seconds{%s,instance=%q}`, of, replica)] = "3590x90"
			if i == 0 {
				// The replicas don't agree on the cause. Of equal values any would be
				// taken.
				tests[fmt.Sprintf(`cutover_smoke_failure_info{%s,reason="refused by %s",instance=%q}`, of, replica, replica)] = map[string]string{"a": "1x90", "b": "0.5x90"}[replica]
			}
		}
	}
	const ran = `critical="true", environment="staging", last="10 s", `
	return []answer{
		{"nothing measures anything", criteria, map[string]string{
			"Rollback criteria A": row(rollbackOnErrors, "no data", "1") + "; " + row(onDrop, "no query measures it", "3"),
		}},
		{"broken", measured, map[string]string{
			"Rollback criteria A": row(rollbackOnErrors, "2 %", "0") + "; " + row(onDrop, "no query measures it", "3"),
		}},
		{"tests", tests, map[string]string{
			"Smoke tests A": `{` + ran + `reason="refused by a", suite="api", test="t", took="42 ms", track="candidate"} 0; ` +
				`{` + ran + `reason="–", suite="api", test="u", took="42 ms", track="candidate"} 1`,
			"Suites A": `{environment="staging", suite="api", tests="2", track="candidate"} 1`,
		}},
	}
}

// TestAnswers asks Prometheus' own engine what the first rows say.
func TestAnswers(t *testing.T) {
	compareAnswers(t, answers(), Options{Queried: []criterion.Signal{criterion.Business}}, asked)
	compareAnswers(t, tables(), Options{}, []string{"Rollback criteria", "Smoke tests", "Suites"})
}

func compareAnswers(t *testing.T, answers []answer, o Options, asked []string) {
	t.Helper()
	queries := map[string]string{}
	c := builtin(t)
	boards, err := All(c, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range boards {
		for _, p := range allPanels(read(t, b).Panels) {
			if !slices.Contains(asked, p.Title) {
				continue
			}
			for _, q := range p.Targets {
				queries[p.Title+" "+q.RefID] = strings.NewReplacer("$checklist", c.Name, "$environment", ".*", "$track", ".*").Replace(q.Expr)
			}
		}
	}
	for _, a := range answers {
		t.Run(a.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "answers_test.yml")
			if err := os.WriteFile(file, ruleTest(t, a, queries), 0o644); err != nil {
				t.Fatal(err)
			}
			testenv.Run(t, testenv.Promtool(t), "test", "rules", file)
		})
	}
}

// ruleTest writes a scenario for promtool.
func ruleTest(t *testing.T, a answer, queries map[string]string) []byte {
	t.Helper()
	type input struct {
		Series string `yaml:"series"`
		Values string `yaml:"values"`
	}
	type sample struct {
		Labels string  `yaml:"labels"`
		Value  float64 `yaml:"value"`
	}
	type question struct {
		Expr     string   `yaml:"expr"`
		EvalTime string   `yaml:"eval_time"`
		Samples  []sample `yaml:"exp_samples"`
	}
	test := struct {
		Interval  string     `yaml:"interval"`
		Series    []input    `yaml:"input_series"`
		Questions []question `yaml:"promql_expr_test"`
	}{Interval: "1m"}
	for _, s := range slices.Sorted(maps.Keys(a.series)) {
		test.Series = append(test.Series, input{s, a.series[s]})
	}
	for name := range a.want {
		if queries[name] == "" {
			t.Errorf("no query is called %q", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(queries)) {
		q := question{Expr: queries[name], EvalTime: fmt.Sprintf("%dm", at), Samples: []sample{}}
		for s := range strings.SplitSeq(a.want[name], "; ") {
			if labels, written, ok := strings.Cut(s, "} "); ok {
				value, err := strconv.ParseFloat(written, 64)
				if err != nil {
					t.Fatal(err)
				}
				q.Samples = append(q.Samples, sample{labels + "}", value})
			}
		}
		test.Questions = append(test.Questions, q)
	}
	out, err := yaml.Marshal(map[string]any{"tests": []any{test}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
