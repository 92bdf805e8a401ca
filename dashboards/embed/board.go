package embed

import "slices"

// board is a dashboard's text, and where its panels stand.
type board struct {
	text   []byte
	around span      // the dashboard itself
	list   span      // "panels"
	panels []element // in the order of the text
}

// element is a panel or a row.
type element struct {
	span
	id     int // 0 if it has none
	place  place
	row    bool
	list   span      // of a row: its "panels"
	inside []element // of a row that is collapsed
	mark   sign
	in     int  // the index of the row that it is inside; -1 for none
	ours   bool // has a mark
}

// The faults that say what to do.
const (
	legacyRows = `the panels stand in "rows", as Grafana before 5 wrote them: import the dashboard into Grafana, save it, and export it again`
	schemaV2   = `this is Grafana's dashboard schema v2 ("elements", "layout"): export it as "Classic", or choose "V1" where Grafana asks`
	noPanels   = `there is no list of "panels": is this a dashboard?`
	twoLists   = `"panels" stands here for the second time`
	strange    = `a panel is a JSON object: { … }`
)

// read finds the panels in a dashboard's text.
func read(text []byte) (board, error) {
	whole, err := valid(text)
	if err != nil {
		return board{}, err
	}
	at, keys := dashboard(text, whole)
	list, ok := find(keys, "panels")
	rows, _ := find(keys, "rows")
	panels := elements(text, list)
	switch {
	case len(elements(text, rows)) > 0 && len(panels) == 0:
		return board{}, fault(text, rows.start, legacyRows)
	case !ok && has(keys, "elements", "layout"):
		return board{}, fault(text, at.start, schemaV2)
	case !ok:
		return board{}, fault(text, at.start, noPanels)
	case text[list.start] != '[':
		return board{}, fault(text, list.start, noPanels)
	}
	for _, k := range keys {
		if k.key == "panels" && k.value != list {
			return board{}, fault(text, k.value.start, twoLists)
		}
	}
	b := board{text: text, around: at, list: list}
	for i, at := range panels {
		e, err := readElement(text, at)
		if err != nil {
			return board{}, err
		}
		e.in = -1
		for j := range e.inside {
			e.inside[j].in = i
		}
		b.panels = append(b.panels, e)
	}
	return b, nil
}

// dashboard finds the dashboard in what may be wrapped around it.
func dashboard(text []byte, at span) (span, []member) {
	keys := members(text, at)
	if has(keys, "panels") || has(keys, "rows") {
		return at, keys
	}
	for _, wrapper := range []string{"dashboard", "spec"} {
		if inner, ok := find(keys, wrapper); ok && text[inner.start] == '{' {
			return inner, members(text, inner)
		}
	}
	return at, keys
}

func has(keys []member, names ...string) bool {
	for _, name := range names {
		if _, ok := find(keys, name); !ok {
			return false
		}
	}
	return true
}

// readElement reads what matters of a panel; what is inside a row too.
func readElement(text []byte, at span) (element, error) {
	if text[at.start] != '{' {
		return element{}, fault(text, at.start, strange)
	}
	keys := members(text, at)
	e := element{span: at}
	for _, k := range keys {
		switch k.key {
		case "id":
			e.id = whole(value[float64](text, k.value))
		case "gridPos":
			e.place = readPlace(text, k.value)
		case "type":
			e.row = value[string](text, k.value) == "row"
		case "description":
			e.mark, e.ours = signIn(value[string](text, k.value))
		}
	}
	if has(keys, "libraryPanel") { // somebody shows a panel of the library here
		e.ours = false
	}
	list, ok := find(keys, "panels")
	if !e.row || !ok {
		return e, nil
	}
	e.list, e.ours = list, false
	for _, inner := range elements(text, list) {
		p, err := readElement(text, inner)
		if err != nil {
			return element{}, err
		}
		e.inside = append(e.inside, p)
	}
	return e, nil
}

// owned are the owner's panels, or those of all owners if none is given, in rows
// too, in the order of the text.
func (b board) owned(owner string) []element {
	var out []element
	for _, e := range b.panels {
		for _, p := range append([]element{e}, e.inside...) {
			if p.ours && (owner == "" || p.mark.owner == owner) {
				out = append(out, p)
			}
		}
	}
	return out
}

// withRow adds to panels the rows that were put in above them, unless somebody's
// panels are inside. Panels inside such a row go with it.
func (b board) withRow(panels []element) []element {
	gone, rows := map[span]bool{}, map[int]bool{}
	for _, p := range panels {
		gone[p.span], rows[p.mark.row] = true, true
	}
	out := slices.Clone(panels)
	for _, e := range b.panels {
		if !e.row || e.id == 0 || !rows[e.id] || slices.ContainsFunc(e.inside, func(p element) bool { return !gone[p.span] }) {
			continue
		}
		out = slices.DeleteFunc(out, func(p element) bool { return p.start > e.start && p.end < e.end })
		out = append(out, e)
	}
	return out
}

// without is the text without some elements.
func (b board) without(gone []element) []byte { return b.apply(b.removals(gone)) }

func (b board) apply(edits []edit) []byte { return applied(b.text, edits) }

// removals take elements out of the lists that they stand in.
func (b board) removals(gone []element) []edit {
	lost := map[span]bool{}
	for _, e := range gone {
		lost[e.span] = true
	}
	edits := removalsFrom(b.list, b.panels, lost)
	for _, e := range b.panels {
		if e.row && !lost[e.span] {
			edits = append(edits, removalsFrom(e.list, e.inside, lost)...)
		}
	}
	return edits
}

// removalsFrom takes elements out of one list. An element goes with the comma
// and the white space before it: that is what [board.append] adds.
func removalsFrom(list span, all []element, lost map[span]bool) []edit {
	var edits []edit
	kept := slices.IndexFunc(all, func(e element) bool { return !lost[e.span] })
	switch {
	case len(all) == 0:
	case kept < 0:
		return []edit{{span: span{list.start + 1, all[len(all)-1].end}}}
	case kept > 0:
		edits = append(edits, edit{span: span{all[0].start, all[kept].start}})
	}
	for i := kept + 1; i < len(all); i++ {
		if lost[all[i].span] {
			edits = append(edits, edit{span: span{all[i-1].end, all[i].end}})
		}
	}
	return edits
}

// append adds texts behind the last panel.
func (b board) append(texts [][]byte) []edit {
	at, comma := b.list.start+1, ""
	if n := len(b.panels); n > 0 {
		at, comma = b.panels[n-1].end, ","
	}
	style := b.style()
	var all []byte
	for _, t := range texts {
		all = append(all, comma...)
		all = append(all, style.before...)
		all = append(all, style.lay(t)...)
		comma = ","
	}
	return []edit{{span{at, at}, all}}
}
