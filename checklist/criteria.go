package checklist

import (
	"strings"

	"github.com/cutover-dev/cutover/checklist/criterion"
	"github.com/cutover-dev/cutover/checklist/internal/markdown"
)

// criteria reads what the lines demand, in the place where they stand.
func (d *document) criteria() {
	type found struct {
		l    *line
		list []criterion.Criterion
	}
	all := make([]found, 0, 16)
	var ids []string // of the lines without a task
	count := 0
	understood := d.understood()
	for i := range d.lines {
		l := &d.lines[i]
		if l.use != free && l.use != leading || l.Kind == markdown.Heading || l.text == "" {
			continue
		}
		reading := d.demands(l)
		if len(reading.Left) > 0 && !understood[l.No] && !l.holds {
			for _, r := range reading.Left {
				d.out.Left = append(d.out.Left, Left{l.No, r.Text, r.Why})
			}
		}
		if len(reading.Criteria) == 0 {
			continue
		}
		all = append(all, found{l, reading.Criteria})
		count += len(reading.Criteria)
		if l.task < 0 {
			ids = append(ids, d.baseID(l))
		}
	}
	d.names.assign(ids)
	if count > 0 {
		d.out.Criteria = make([]Criterion, 0, count)
	}
	for _, f := range all {
		if f.l.task < 0 {
			f.l.id, ids = ids[0], ids[1:]
		}
		d.addCriteria(f.l, f.list)
	}
}

// understood are the lines whose numbers are a stage's or stand in a blank.
func (d *document) understood() map[int]bool {
	lines := make(map[int]bool, len(d.out.Stages)+len(d.out.Blanks))
	for _, s := range d.out.Stages {
		lines[s.Line] = true
	}
	for _, b := range d.out.Blanks {
		lines[b.Line] = true
	}
	return lines
}

// demands reads what a line demands in the place where it stands.
func (d *document) demands(l *line) criterion.Reading {
	at := d.standing(l)
	if l.Kind != markdown.Row {
		return d.scratch.Read(at, emptied(l.text))
	}
	h := d.head(l)
	if h.place == nil {
		h.place = at.Table(h.titles)
	}
	return d.scratch.ReadRow(h.place, l.Cols.Plain())
}

// standing is the place of a line, as the criterion reader knows it.
func (d *document) standing(l *line) *criterion.Place {
	if l.Parent >= 0 {
		up := &d.lines[l.Parent]
		if up.beneath == nil {
			up.beneath = d.standing(up).Under(up.text)
		}
		return up.beneath
	}
	return l.place.demanding
}

// addCriteria adds the criteria of one line. Several get the statistic and the
// signal behind the line's ID.
func (d *document) addCriteria(l *line, list []criterion.Criterion) {
	for _, found := range list {
		c := Criterion{
			Criterion: found, ID: l.id, Line: l.No, Text: l.text,
			Section: d.sectionTitle(l), Group: l.place.group,
			Scope: Scope{Environment: l.place.environment, Test: l.place.test},
		}
		if l.task >= 0 {
			t := &d.out.Tasks[l.task]
			c.Task, c.Declared = t.ID, t.State == Done
		}
		if len(list) > 1 {
			c.ID = d.names.distinct(bounded(l.id+"/"+criterionSlug(found), maxID))
		}
		d.out.Criteria, d.demanding = append(d.out.Criteria, c), append(d.demanding, l)
	}
}

// criterionSlug tells the criteria of one line apart: "p95-latency".
func criterionSlug(c criterion.Criterion) string {
	signal := strings.ReplaceAll(string(c.Signal), "_", "-")
	if c.Signal == criterion.Other && c.Subject != "" {
		signal = slug(c.Subject)
	}
	if c.Quantile == 0 {
		return signal
	}
	return strings.ReplaceAll(c.Statistic(), "_", "-") + "-" + signal
}
