package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"

	"github.com/cutover-dev/cutover/internal/smoke"
)

const (
	// maxSteps and maxItems bound a conversation.
	maxSteps = 100
	maxItems = 100

	nameKey  = "key"  // the run's own key
	nameItem = "item" // of ForEach
)

// workflow is a [Workflow] that was read.
type workflow struct {
	service        *service
	values         []field // so that each comes after those that it uses
	steps, cleanup []*step
	cleanupTimeout time.Duration
}

// step is a [Step] that was read.
type step struct {
	*call
	name     string
	captures []capture
	forEach  string
	needs    []string // the names that it uses
}

// capture is a name for a part of an answer.
type capture struct {
	name string
	from *expression
	show bool
}

// Compile implements [Kind]. A name that is used before it can be known is an
// error, and so are values or steps that need each other.
func (w Workflow) Compile() (func(context.Context) smoke.Outcome, error) {
	c, p := w.compile()
	if err := w.mask().err(p); err != nil {
		return nil, err
	}
	return c.run, nil
}

// mask knows what the settings call a secret, or name like one.
func (w Workflow) mask() mask {
	m := mask{}.with(w.Secrets...)
	for name, value := range w.Values {
		if secretName.MatchString(name) && !placeholder.MatchString(value) {
			m = m.with(value)
		}
	}
	return m
}

func (w Workflow) compile() (*workflow, problems) {
	var p problems
	notNegative("cleanup_timeout", w.CleanupTimeout, &p)
	notNegative("stale_after", w.StaleAfter, &p)
	c := &workflow{cleanupTimeout: cmp.Or(w.CleanupTimeout, cleanupTimeout)}
	s, below := newService(w.Target, w.TLS, w.Secrets, true)
	p.within("", below)
	if s != nil {
		s.mask = s.mask.with(w.mask().values...)
	}
	c.service = s
	env, err := cel.NewEnv(append(variables(),
		cel.Variable("captured", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable(nameKey, cel.StringType),
		stale(cmp.Or(w.StaleAfter, staleAfter)))...)
	if err != nil {
		p.add("", err.Error())
		return nil, p
	}
	switch n := len(w.Steps) + len(w.Cleanup); {
	case len(w.Steps) == 0:
		p.add("steps", "are missing")
	case n > maxSteps:
		p.add("steps", fmt.Sprintf("are more than %d", maxSteps))
		return nil, p
	}
	known := c.compileValues(w.Values, &p)
	c.steps = w.compileSteps(env, "steps", w.Steps, &p)
	c.cleanup = w.compileSteps(env, "cleanup", w.Cleanup, &p)
	for i, s := range c.cleanup {
		if len(w.Cleanup[i].Expect.Status) == 0 && s.expect != nil {
			s.expect.status = append(s.expect.status, statusRange{404, 404}, statusRange{410, 410})
		}
	}
	checkNames(known, c.steps, c.cleanup, &p)
	return c, p
}

// compileValues reads the values, puts them in order, and is their names.
func (c *workflow) compileValues(values map[string]string, p *problems) map[string]bool {
	known := map[string]bool{nameKey: true}
	templates := make(map[string]template, len(values))
	for _, name := range slices.Sorted(maps.Keys(values)) {
		t, err := newTemplate(values[name], always(inText))
		switch {
		case !validName.MatchString(name) || name == nameKey || name == nameItem:
			p.add("values."+name, "is no name: use letters, digits and _, but not "+nameKey+" or "+nameItem)
		case err != nil:
			p.add("values."+name, err.Error())
		}
		templates[name] = t
	}
	var visit func(name string, path []string)
	visit = func(name string, path []string) {
		if known[name] {
			return
		}
		for _, needed := range templates[name].names() {
			at := slices.Index(append(path, name), needed)
			switch _, exists := values[needed]; {
			case at >= 0:
				p.add("values."+name, "a loop: "+strings.Join(append(append(path, name)[at:], needed), " → "))
				continue
			case !exists && needed != nameKey:
				p.add("values."+name, "uses ${"+needed+"}, which is no value")
				continue
			}
			visit(needed, append(slices.Clone(path), name))
		}
		known[name] = true
		c.values = append(c.values, field{name, templates[name]})
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		visit(name, nil)
	}
	return known
}

// compileSteps reads steps.
func (w Workflow) compileSteps(env *cel.Env, list string, steps []Step, p *problems) []*step {
	named := make(map[string]bool)
	compiled := make([]*step, len(steps))
	for i, s := range steps {
		at := fmt.Sprintf("%s[%d]", list, i)
		if s.Name == "" {
			p.add(at+".name", "is missing")
		} else if named[s.Name] {
			p.add(at+".name", "two steps are named "+s.Name)
		}
		named[s.Name] = true
		c, below := s.compile(env, w.Writes)
		p.within(at, below)
		compiled[i] = c
	}
	return compiled
}

// compile reads one step.
func (s Step) compile(env *cel.Env, writes bool) (*step, problems) {
	c, p := s.Request.compile(env, func(field, text string, at func(string) place, p *problems) template {
		t, err := newTemplate(text, at)
		if err != nil {
			p.add(field, err.Error())
		}
		return t
	}, writes)
	out := &step{call: c, name: s.Name, forEach: s.ForEach}
	for _, t := range c.templates() {
		out.needs = append(out.needs, t.names()...)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Capture)) {
		text := s.Capture[name]
		rest, isPath := strings.CutPrefix(text, "$")
		if isPath {
			text = "json" + rest
		}
		from, err := newExpression(env, text)
		if isPath && err != nil {
			err = errors.New("is no path of names and indexes, such as $.items[0].id; write CEL for more")
		}
		switch {
		case !validName.MatchString(name) || name == nameKey || name == nameItem:
			p.add("capture."+name, "is no name: use letters, digits and _, but not "+nameKey+" or "+nameItem)
		case err != nil:
			p.add("capture."+name, err.Error())
		default:
			out.captures = append(out.captures, capture{name, from, slices.Contains(s.Show, name)})
			out.needs = append(out.needs, from.uses...)
		}
	}
	for i, name := range s.Show {
		if _, captured := s.Capture[name]; !captured {
			p.add(fmt.Sprintf("show[%d]", i), "is not captured here")
		}
	}
	if s.ForEach != "" {
		out.needs = append(out.needs, s.ForEach)
	}
	out.needs = append(out.needs, c.expect.uses...)
	slices.Sort(out.needs)
	out.needs = slices.Compact(out.needs)
	return out, p
}

// checkNames wants every name to be known to the step that uses it.
func checkNames(known map[string]bool, steps, cleanup []*step, p *problems) {
	provider := make(map[string]int) // the first step that captures a name
	for i, s := range steps {
		for _, c := range s.captures {
			if _, earlier := provider[c.name]; !earlier {
				provider[c.name] = i
			}
		}
	}
	check := func(at string, s *step, i int) {
		for _, name := range s.needs {
			if known[name] || name == nameItem && s.forEach != "" {
				continue
			}
			by, captured := provider[name]
			switch {
			case !captured:
				p.add(at, "uses "+name+", which is neither a value nor captured before")
			case by >= i:
				p.add(at, late(steps, provider, name, i))
			}
		}
	}
	for i, s := range steps {
		check(fmt.Sprintf("steps[%d]", i), s, i)
	}
	for i, s := range cleanup {
		at := len(steps) + i
		check(fmt.Sprintf("cleanup[%d]", i), s, at)
		for _, c := range s.captures {
			if _, earlier := provider[c.name]; !earlier {
				provider[c.name] = at
			}
		}
	}
}

// late says what is wrong with a name that step i uses before it is captured:
// often the step that captures it needs step i in turn.
func late(steps []*step, provider map[string]int, name string, i int) string {
	path := []string{steps[i].name}
	seen := map[int]bool{}
	var find func(from int) bool
	find = func(from int) bool {
		if from >= len(steps) || seen[from] {
			return false
		}
		seen[from] = true
		path = append(path, steps[from].name)
		if from == i {
			return true
		}
		for _, needed := range steps[from].needs {
			if by, ok := provider[needed]; ok && find(by) {
				return true
			}
		}
		path = path[:len(path)-1]
		return false
	}
	if find(provider[name]) {
		return "a loop in what steps capture: " + strings.Join(path, " needs ")
	}
	return fmt.Sprintf("uses %s, which only the later step %s captures", name, steps[provider[name]].name)
}

// capturedNames finds captured.name and captured["name"] in an expression.
func capturedNames(ast *cel.Ast) []string {
	var names []string
	celast.PreOrderVisit(ast.NativeRep().Expr(), celast.NewExprVisitor(func(e celast.Expr) {
		isCaptured := func(e celast.Expr) bool { return e.Kind() == celast.IdentKind && e.AsIdent() == "captured" }
		switch e.Kind() {
		case celast.SelectKind:
			if isCaptured(e.AsSelect().Operand()) && !e.AsSelect().IsTestOnly() {
				names = append(names, e.AsSelect().FieldName())
			}
		case celast.CallKind:
			args := e.AsCall().Args()
			if e.AsCall().FunctionName() == "_[_]" && isCaptured(args[0]) && args[1].Kind() == celast.LiteralKind {
				if name, ok := args[1].AsLiteral().Value().(string); ok {
					names = append(names, name)
				}
			}
		}
	}))
	return names
}
