package probe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

const (
	// maxCost bounds an expression, in CEL's units: about what a comparison
	// costs. A million of them take some tens of milliseconds.
	maxCost = 1_000_000
	// interruptEvery is after how many rounds of a comprehension an expression
	// looks whether the test's time is over.
	interruptEvery = 100
)

// variables are what an expression may ask about.
func variables() []cel.EnvOption {
	return []cel.EnvOption{
		cel.Variable("status", cel.IntType),
		cel.Variable("headers", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("json", cel.DynType),
		cel.Variable("text", cel.StringType),
		cel.Variable("duration", cel.DurationType),
	}
}

// expression is CEL that was compiled.
type expression struct {
	text    string
	uses    []string // the captured names among its variables
	program cel.Program
}

// newExpression compiles CEL that must give one of the types; without any,
// whatever.
func newExpression(env *cel.Env, text string, want ...*cel.Type) (*expression, error) {
	ast, issues := env.Compile(text)
	if err := issues.Err(); err != nil {
		// The first line of the message says where and what; the others draw it.
		line, _, _ := strings.Cut(err.Error(), "\n")
		return nil, errors.New("is not CEL that can be used: " + strings.TrimPrefix(line, "ERROR: "))
	}
	fits := len(want) == 0 || ast.OutputType().IsExactType(cel.DynType)
	for _, t := range want {
		fits = fits || ast.OutputType().IsEquivalentType(t)
	}
	if !fits {
		return nil, fmt.Errorf("gives %s, but must give %s", ast.OutputType(), want[0])
	}
	program, err := env.Program(ast, cel.CostLimit(maxCost), cel.InterruptCheckFrequency(interruptEvery))
	if err != nil {
		return nil, errors.New("is not CEL that can be used")
	}
	return &expression{text, capturedNames(ast), program}, nil
}

// bindings are the values of the variables, of which json is left out where
// the body is none.
func (x *exchange) bindings() map[string]any {
	headers := make(map[string]string, len(x.head))
	for name, values := range x.head {
		headers[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	values := map[string]any{
		"status": x.status, "headers": headers, "text": string(x.text), "duration": x.duration,
		"captured": x.captured, "key": x.key,
	}
	if v, err := x.json(); err == nil {
		values["json"] = v
	}
	return values
}

// eval evaluates e over the answer. A reason says why it can't be.
func (e *expression) eval(ctx context.Context, x *exchange) (v ref.Val, reason string) {
	v, _, err := e.program.ContextEval(ctx, x.bindings())
	if err == nil {
		return v, ""
	}
	message := err.Error() // which may hold anything of the body
	switch {
	case ctx.Err() != nil:
		return nil, cause(ctx.Err())
	case strings.Contains(message, "no such attribute") && strings.Contains(message, "json"):
		return nil, x.notJSON()
	case strings.Contains(message, "cost limit exceeded"):
		return nil, x.quoteSetting(e.text) + " takes too long over this answer"
	}
	if _, key, found := strings.Cut(message, "no such key: "); found {
		return nil, fmt.Sprintf("%s: the answer has no %s", x.quoteSetting(e.text), x.quote(key))
	}
	return nil, x.quoteSetting(e.text) + " makes no sense of the answer"
}

// holds says why a condition does not hold.
func (e *expression) holds(ctx context.Context, x *exchange) (reason string) {
	v, reason := e.eval(ctx, x)
	switch {
	case reason != "":
		return reason
	case v != types.True:
		return x.quoteSetting(e.text) + " does not hold"
	}
	return ""
}

// maxSetting is how many bytes of a setting a reason quotes.
const maxSetting = 160

// quoteSetting makes an expression that somebody wrote into the settings fit
// for a reason: without the secrets that they may have written there.
func (x *exchange) quoteSetting(s string) string {
	return clip(strings.Join(strings.Fields(printable(x.mask.hide(s), maxSetting)), " "), maxSetting)
}

// stale is the function stale(text) of a workflow: whether text holds a key
// that is older than after.
func stale(after time.Duration) cel.EnvOption {
	return cel.Function("stale", cel.Overload("stale_string", []*cel.Type{cel.StringType}, cel.BoolType,
		cel.UnaryBinding(func(v ref.Val) ref.Val {
			text, _ := v.Value().(string)
			return types.Bool(isStale(text, time.Now(), after))
		})))
}
