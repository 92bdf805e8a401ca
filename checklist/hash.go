package checklist

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"github.com/cutover-dev/cutover/checklist/criterion"
)

// hashed is what Hash takes of a criterion: what rules are made of, without
// line numbers, boxes and the text, in which blanks get filled.
type hashed struct {
	ID         string
	Task       string
	Section    string
	Group      string
	Scope      Scope
	Role       criterion.Role
	Kind       criterion.Kind
	Signal     criterion.Signal
	Subject    string
	Quantile   float64
	Comparison criterion.Comparison
	Value      float64
	Unit       criterion.Unit
	Change     criterion.Change
	For        time.Duration
	Advisory   bool `json:",omitempty"`
}

// Hash identifies the criteria: 12 hexadecimal digits of a SHA-256 over their
// canonical JSON. It changes when a criterion is added, taken away or changed,
// and not when lines move, boxes are ticked or blanks filled. Rules generated
// from other criteria have another hash.
func (c *Checklist) Hash() string {
	list := make([]hashed, len(c.Criteria))
	for i, k := range c.Criteria {
		list[i] = hashed{
			k.ID, k.Task, k.Section, k.Group, k.Scope, k.Role, k.Kind, k.Signal, k.Subject,
			k.Quantile, k.Comparison, k.Value, k.Unit, k.Change, k.For, k.Advisory,
		}
	}
	slices.SortFunc(list, func(a, b hashed) int { return cmp.Compare(a.ID, b.ID) })
	// A struct of strings and finite numbers always marshals.
	canonical, err := json.Marshal(list)
	if err != nil {
		canonical = nil
	}
	sum := sha256.Sum256(canonical)
	return hex.EncodeToString(sum[:6])
}
