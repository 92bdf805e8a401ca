package probe

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/cutover-dev/cutover/internal/smoke"
)

// Prometheus evaluates an expression that must hold now: a scalar or a vector
// of at least one series, no value of which is 0 or NaN. The reason names the
// first series that fails. A comparison wants bool, or those that fail drop
// out and cannot be named:
//
//	count by (version) (python_info) == bool 1
//
// Phases: as HTTP.
type Prometheus struct {
	// Target is the address of the Prometheus, perhaps with user and password.
	Target string `yaml:"target"`
	TLS    TLS    `yaml:"tls"`
	// Query is the PromQL.
	Query string `yaml:"query"`
	// Bearer is a token for the header Authorization.
	Bearer string `yaml:"bearer"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
}

// Compile implements [Kind].
func (p Prometheus) Compile() (func(context.Context) smoke.Outcome, error) {
	var problems problems
	if strings.TrimSpace(p.Query) == "" {
		problems.add("query", "is missing")
	}
	run, below := HTTP{
		Target: p.Target, TLS: p.TLS, Secrets: p.Secrets,
		Request: Request{
			Path: "/api/v1/query", Form: map[string]string{"query": p.Query}, Bearer: p.Bearer, ReadOnly: true,
			// A refusal says why, so its status is judged with it.
			Expect: Expect{Status: []string{"2xx", "400", "422", "503"}},
		},
	}.compile(holds)
	problems.within("", below)
	return run, mask{}.with(p.Secrets...).with(p.Bearer).err(problems)
}

// answer is what the API of Prometheus gives.
type answer struct {
	Status    string `json:"status"`
	ErrorType string `json:"errorType"`
	Data      struct {
		Type   string          `json:"resultType"`
		Result json.RawMessage `json:"result"`
	} `json:"data"`
}

// holds judges the answer to a query.
func holds(_ context.Context, x *exchange) (reason string) {
	var a answer
	if err := json.Unmarshal(x.text, &a); err != nil || a.Status == "" {
		if x.status/100 != 2 {
			return fmt.Sprintf("HTTP %d", x.status)
		}
		return "the answer is not one of Prometheus"
	}
	if a.Status != "success" || x.status/100 != 2 {
		return "Prometheus refuses the query: " + x.quote(a.ErrorType)
	}
	switch a.Data.Type {
	case "scalar":
		var scalar model.Scalar
		if err := json.Unmarshal(a.Data.Result, &scalar); err != nil {
			return "the answer is not one of Prometheus"
		}
		if !isTrue(scalar.Value) {
			return "the expression does not hold"
		}
		return ""
	case "vector":
		var vector model.Vector
		if err := json.Unmarshal(a.Data.Result, &vector); err != nil {
			return "the answer is not one of Prometheus"
		}
		return everySeries(x, vector)
	}
	return "the expression gives no value at a moment"
}

// everySeries wants all series of a vector to be true.
func everySeries(x *exchange, vector model.Vector) (reason string) {
	if len(vector) == 0 {
		return "the expression gives no series"
	}
	var failing []string
	for _, sample := range vector {
		switch {
		case sample.Histogram != nil:
			return "the expression gives histograms, not numbers"
		case !isTrue(sample.Value):
			failing = append(failing, sample.Metric.String())
		}
	}
	if len(failing) == 0 {
		return ""
	}
	reason = "the expression does not hold for " + x.quoteSetting(slices.Min(failing))
	if len(failing) > 1 {
		reason += " and others"
	}
	return reason
}

func isTrue(v model.SampleValue) bool { return v != 0 && !math.IsNaN(float64(v)) }
