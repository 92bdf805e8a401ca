package dashboards

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/cutover-dev/cutover/internal/series"
)

// Binding says where a panel finds its data and which checklist it shows. The
// zero value takes both from variables named "datasource" and "checklist", as
// the boards have them.
type Binding struct {
	DataSourceVariable string // the name of the dashboard's data source variable; empty: "datasource"
	DataSourceUID      string // a fixed data source, in place of a variable
	ChecklistVariable  string // the name of the dashboard's variable that holds a checklist's name; empty: "checklist"
	Checklist          string // the name of a fixed checklist, in place of a variable
}

var (
	variableName  = regexp.MustCompile(`^\w{1,50}$`)
	dataSourceUID = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,40}$`)
)

func (b Binding) check() error {
	for _, name := range []string{b.DataSourceVariable, b.ChecklistVariable} {
		if name != "" && !variableName.MatchString(name) {
			return fmt.Errorf("%q can't be the name of a dashboard's variable: want letters, digits and underscores", clip(name))
		}
	}
	if b.DataSourceUID != "" && !dataSourceUID.MatchString(b.DataSourceUID) {
		return fmt.Errorf("%q can't be the uid of a data source: want at most 40 letters, digits, - and _", clip(b.DataSourceUID))
	}
	return nil
}

// references is how a panel refers to what it doesn't hold itself.
type references struct {
	source  dataSourceRef
	queries *strings.Replacer // what stands for the variables of the boards
	query   string            // of a URL: the variables that a board is opened with
}

// onBoard are the references of panels on their own boards.
func onBoard() references {
	return references{source: prometheus(), queries: strings.NewReplacer(), query: Binding{}.urlQuery()}
}

// references are those of a panel that stands elsewhere. The texts of a
// checklist are quoted in queries, so that "$" begins nothing but a variable.
func (b Binding) references() references {
	source := prometheus()
	switch {
	case b.DataSourceUID != "":
		source.UID = b.DataSourceUID
	case b.DataSourceVariable != "":
		source.UID = "${" + b.DataSourceVariable + "}"
	}
	checklist := `"$` + cmp.Or(b.ChecklistVariable, series.LabelChecklist) + `"`
	if b.Checklist != "" {
		checklist = quote(b.Checklist)
	}
	return references{
		source:  source,
		queries: strings.NewReplacer(`"$checklist"`, checklist, `"$environment"`, `".*"`, `"$track"`, `".*"`),
		query:   b.urlQuery(),
	}
}

// urlQuery hands on what a panel is bound to, and the time that it shows.
func (b Binding) urlQuery() string {
	variable := func(fixed, name, otherwise string) string {
		if fixed != "" {
			return literalURL(url.QueryEscape(fixed))
		}
		return "${" + cmp.Or(name, otherwise) + ":percentencode}"
	}
	return "var-datasource=" + variable(b.DataSourceUID, b.DataSourceVariable, "datasource") +
		"&var-checklist=" + variable(b.Checklist, b.ChecklistVariable, series.LabelChecklist) +
		"&${__url_time_range}"
}
