package checklist

import "github.com/cutover-dev/cutover/checklist/internal/markdown"

// ReadStructure reads tasks and structure, but not what the lines demand.
func ReadStructure(source []byte) {
	c := &Checklist{}
	newDocument(c, Options{}, markdown.Read(c.clean(source))).structure()
}
