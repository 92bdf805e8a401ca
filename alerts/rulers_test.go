package alerts

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
)

// TestOtherRulers holds the rule files to what Mimir's and Thanos' rulers read:
// they are built on older versions of Prometheus' code and know names in the
// legacy form only, and no parts of PromQL behind a flag. Whatever else a
// Prometheus of today might read, such as labels or a query offset of a group,
// they refuse as unknown.
func TestOtherRulers(t *testing.T) {
	files, err := filepath.Glob("examples/rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		groups, errs := rulefmt.Parse(source, false, model.LegacyValidation, parser.NewParser(parser.Options{}), nil)
		for _, err := range errs {
			t.Errorf("%s: %v", file, err)
		}
		for _, g := range groups.Groups {
			if g.Limit != 0 || g.QueryOffset != nil || len(g.Labels) > 0 || g.Interval == 0 || len(g.Rules) == 0 {
				t.Errorf("%s: group %s has more than a name, an interval and rules: %+v", file, g.Name, g)
			}
		}
	}
}
