package embed

import (
	"slices"
	"strings"
)

// Host is what a dashboard offers to bind panels to.
type Host struct {
	Sources    []string // names of the variables, and of an export's inputs, that stand for a Prometheus
	Checklists []string // names of the variables that stand for a checklist
	Several    []string // names of those above that may stand for several values at once
	UIDs       []string // fixed Prometheus data sources that panels ask
}

// The query by which a variable lists the checklists.
const checklistLabel = "cutover_checklist_info"

// Inspect reads what a dashboard offers. Its errors are those of [Into].
func Inspect(text []byte) (Host, error) {
	b, err := read(text)
	if err != nil {
		return Host{}, err
	}
	var h Host
	keys := members(text, b.around)
	templating, _ := find(keys, "templating")
	variables, _ := find(members(text, templating), "list")
	for _, at := range elements(text, variables) {
		h.variable(text, at)
	}
	inputs, _ := find(keys, "__inputs")
	for _, at := range elements(text, inputs) {
		keys := members(text, at)
		if said(text, keys, "type") == "datasource" && said(text, keys, "pluginId") == "prometheus" {
			h.Sources = append(h.Sources, said(text, keys, "name"))
		}
	}
	for _, e := range b.panels {
		for _, p := range append([]element{e}, e.inside...) {
			if !p.ours {
				h.uids(text, p.span)
			}
		}
	}
	slices.Sort(h.UIDs)
	h.UIDs = slices.Compact(h.UIDs)
	return h, nil
}

// said is the string under a key; empty if there is none.
func said(text []byte, keys []member, key string) string {
	at, ok := find(keys, key)
	if !ok {
		return ""
	}
	return value[string](text, at)
}

// variable notes a variable that panels can be bound to.
func (h *Host) variable(text []byte, at span) {
	keys := members(text, at)
	name := said(text, keys, "name")
	query, _ := find(keys, "query")
	switch kind := said(text, keys, "type"); {
	case name == "":
		return
	case kind == "datasource" && said(text, keys, "query") == "prometheus":
		h.Sources = append(h.Sources, name)
	case kind != "datasource" && (name == "checklist" || strings.Contains(string(text[query.start:query.end]), checklistLabel)):
		h.Checklists = append(h.Checklists, name)
	default:
		return
	}
	multi, ok := find(keys, "multi")
	if ok && value[bool](text, multi) {
		h.Several = append(h.Several, name)
	}
}

// uids notes the fixed data sources of a panel and of its queries.
func (h *Host) uids(text []byte, panel span) {
	keys := members(text, panel)
	targets, _ := find(keys, "targets")
	places := [][]member{keys}
	for _, t := range elements(text, targets) {
		places = append(places, members(text, t))
	}
	for _, keys := range places {
		at, _ := find(keys, "datasource")
		source := members(text, at)
		uid := said(text, source, "uid")
		if said(text, source, "type") == "prometheus" && uid != "" && !strings.Contains(uid, "$") {
			h.UIDs = append(h.UIDs, uid)
		}
	}
}
