package probe

import "time"

// Workflow is a conversation: steps in order, of which the first that fails
// ends it, and then the cleanup, which always runs. Cookies last for the run.
//
// ${name} in a path, header, body, form, bearer token or location of a step
// stands for a value and is escaped for its place; $${name} stands for itself.
// In a JSON body, "${id}" within a string is escaped, and a bare ${id} is the
// JSON of the value. The name key is the run's own key, which begins with
// [KeyPrefix]; others come from Values and from the Capture of earlier steps.
//
// Phases: one for each step, named after it. A reason begins with the step.
type Workflow struct {
	Target string `yaml:"target"` // as in HTTP
	TLS    TLS    `yaml:"tls"`
	// Values are names for the steps to use. They may use one another, and
	// key: {"email": "${key}@example.com"}. Those that hold a secret belong
	// into Secrets too.
	Values map[string]string `yaml:"values"`
	Steps  []Step            `yaml:"steps"`
	// Cleanup runs to its end after the steps, whatever they found and even
	// when the test's time is over. A step that uses a name nobody captured
	// has nothing to clean up and is left out. Its status may also be 404 or
	// 410 where Expect names none.
	Cleanup []Step `yaml:"cleanup"`
	// CleanupTimeout is the cleanup's own. 0: 5 s.
	CleanupTimeout time.Duration `yaml:"cleanup_timeout"`
	// StaleAfter is how old something must be, by its key, before stale(text)
	// takes it for a leftover of a run that was killed. 0: 10 minutes.
	StaleAfter time.Duration `yaml:"stale_after"`

	// Secrets are values that no reason, detail or error may hold.
	Secrets []string `yaml:"-"`
	// Writes allows methods other than GET, HEAD and OPTIONS.
	Writes bool `yaml:"-"`
}

// Step is one request of a [Workflow].
type Step struct {
	// Name is what reasons and phases call the step: "log in". Required.
	Name    string `yaml:"name"`
	Request `yaml:",inline"`
	// Capture gives names to parts of the answer for later steps: CEL as in
	// [Expect], or a path such as $.items[0].id. What is captured is a secret
	// unless Show names it.
	Capture map[string]string `yaml:"capture"`
	Show    []string          `yaml:"show"`
	// ForEach names a captured list: the step runs once for each of its items,
	// at most a hundred, each of which is ${item}. With stale(text) it clears
	// what an earlier run left:
	//
	//	- {name: list, path: "/items?limit=100", capture: {old: "json.filter(i, stale(i.name)).map(i, i.id)"}}
	//	- {name: sweep, method: DELETE, path: "/items/${item}", for_each: old}
	ForEach string `yaml:"for_each"`
}
