package main

import (
	"bytes"
	"context"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/internal/source"
)

// rehearsalRatio is the share of the traffic that the rehearsal begins with.
const rehearsalRatio = 0.25

// rehearsedChecklist is the rehearsal's checklist at two moments.
type rehearsedChecklist struct {
	before  []byte // everything is done that comes before the stage
	shifted []byte // and the stage is ticked
}

// rehearsed is the built-in checklist in the middle of the work, where there is
// something to see.
func rehearsed(ctx context.Context) (rehearsedChecklist, error) {
	const name = "builtin:python-3.13"
	src, err := source.Open([]string{name}, source.Options{})
	if err != nil {
		return rehearsedChecklist{}, err
	}
	d := src.Read(ctx)[0]
	if d.Err != nil {
		return rehearsedChecklist{}, d.Err
	}
	c, err := checklist.Parse(d.File, d.Name, d.Bytes)
	if err != nil {
		return rehearsedChecklist{}, err
	}
	stage := 0
	for _, s := range c.Stages {
		if s.Ratio <= rehearsalRatio {
			stage = max(stage, s.Line)
		}
	}
	done := map[int]bool{}
	for _, t := range c.Tasks {
		if t.Line < stage && t.Kind == checklist.Plan {
			done[t.Line] = true
		}
	}
	before := tick(d.Bytes, done)
	return rehearsedChecklist{before: before, shifted: tick(before, map[int]bool{stage: true})}, nil
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
