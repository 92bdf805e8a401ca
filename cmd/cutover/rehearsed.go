package main

import (
	"bytes"
	"context"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/source"
)

// rehearsalRatio is the share of the traffic that the rehearsal begins with.
const rehearsalRatio = 0.25

// rehearsedChecklist is the built-in checklist with the work up to a traffic
// stage ticked: the demo begins in the middle, where there is something to see.
func rehearsedChecklist(ctx context.Context) ([]byte, error) {
	const name = "builtin:python-3.13"
	src, err := source.Open([]string{name}, source.Options{})
	if err != nil {
		return nil, err
	}
	d := src.Read(ctx)[0]
	if d.Err != nil {
		return nil, d.Err
	}
	c, err := checklist.Parse(d.File, d.Name, d.Bytes)
	if err != nil {
		return nil, err
	}
	return tick(d.Bytes, doneBefore(c)), nil
}

// doneBefore lists the lines of the plan's tasks up to the last stage at
// rehearsalRatio; what is nested under that stage is still to do.
func doneBefore(c *checklist.Checklist) map[int]bool {
	last := 0
	for _, s := range c.Stages {
		if s.Ratio <= rehearsalRatio {
			last = max(last, s.Line)
		}
	}
	lines := map[int]bool{}
	for _, t := range c.Tasks {
		if t.Line <= last && t.Kind == checklist.Plan {
			lines[t.Line] = true
		}
	}
	return lines
}

// tick ticks the boxes on some lines, counted from 1.
func tick(source []byte, lines map[int]bool) []byte {
	all := bytes.SplitAfter(source, []byte("\n"))
	for i := range all {
		if lines[i+1] {
			all[i] = bytes.Replace(all[i], []byte("[ ]"), []byte("[x]"), 1)
		}
	}
	return bytes.Join(all, nil)
}
