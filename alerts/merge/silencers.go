package merge

import (
	"fmt"
	"slices"

	"github.com/prometheus/alertmanager/config"
	"github.com/prometheus/alertmanager/config/common"
	"github.com/prometheus/common/model"
)

// Silencer is an inhibition that can keep an alert of ours from everybody's ears.
type Silencer struct {
	Line  int    // where it stands
	Alert string // the first alert that it can silence
}

// String says what to do about it.
func (s Silencer) String() string {
	return fmt.Sprintf(`this inhibition can silence %s: add alertname!~"Cutover.+" to its target, unless it shall`, s.Alert)
}

// Silencers finds the inhibitions of a configuration whose target is one of some
// alerts, which are given by their labels. An inhibition among alerts of one name
// is left out: none of ours is a reason to silence another of its name.
//
// Nobody knows here whether the reason of an inhibition can come true, or which
// labels Prometheus adds on the way: this is what to look at, not what happens.
func Silencers(name string, text []byte, alerts []map[string]string) ([]Silencer, error) {
	doc, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	c, err := config.Load(string(text))
	if err != nil {
		return nil, doc.loadError(err)
	}
	_, list := find(doc.root, "inhibit_rules")
	if list != nil && list.Alias != nil {
		list = list.Alias
	}
	var out []Silencer
	for i, rule := range c.InhibitRules {
		if slices.Contains(rule.Equal, model.AlertNameLabel) {
			continue
		}
		hit := slices.IndexFunc(alerts, func(labels map[string]string) bool { return targets(rule, labels) })
		if hit >= 0 {
			out = append(out, Silencer{Line: list.Content[i].Line, Alert: alerts[hit][model.AlertNameLabel]})
		}
	}
	return out, nil
}

// targets says whether an alert is a target of an inhibition.
func targets(rule common.InhibitRule, labels map[string]string) bool {
	for name, value := range rule.TargetMatch {
		if labels[name] != value {
			return false
		}
	}
	for name, pattern := range rule.TargetMatchRE {
		if !pattern.MatchString(labels[name]) {
			return false
		}
	}
	for _, m := range rule.TargetMatchers {
		if !m.Matches(labels[m.Name]) {
			return false
		}
	}
	return true
}
