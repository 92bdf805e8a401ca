package checklist

import "github.com/cutover-dev/cutover/checklist/criterion"

func parseCriteria(criterion.Line) []criterion.Criterion { return nil }
