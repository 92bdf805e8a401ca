package checklist

// tasks makes a task of every line with a box of its own.
func (d *document) tasks() {
	for i := range d.lines {
		l := &d.lines[i]
		if l.box == noBox || l.use == option {
			continue
		}
		if len(d.out.Tasks) == MaxTasks {
			d.out.warn(l.No, "more than %d tasks; from here on they are left out", MaxTasks)
			return
		}
		t := Task{
			Line: l.No, Text: l.text, State: Open, Kind: Plan, Leaf: true,
			Section: d.sectionTitle(l), Group: l.place.group, Environment: l.place.environment,
		}
		if l.ticked {
			t.State = Done
		}
		if l.place.contingency {
			t.Kind = Contingency
		}
		if parent := d.enclosingTask(l); parent >= 0 {
			d.out.Tasks[parent].Leaf = false
		}
		l.task = len(d.out.Tasks)
		d.out.Tasks = append(d.out.Tasks, t)
		d.taskLines = append(d.taskLines, i)
	}
}

// enclosingTask is the index of the nearest task the line is nested in; -1 for
// none.
func (d *document) enclosingTask(l *line) int {
	for l.Parent >= 0 {
		l = &d.lines[l.Parent]
		if l.task >= 0 {
			return l.task
		}
	}
	return -1
}

// lineOf is the line of the task with the index given.
func (d *document) lineOf(task int) *line { return &d.lines[d.taskLines[task]] }
