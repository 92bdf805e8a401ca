package dashboards_test

import (
	"fmt"
	"strings"

	"github.com/cutover-dev/cutover/checklist"
	"github.com/cutover-dev/cutover/dashboards"
)

func ExampleOverview() {
	source := []byte("# Move to the new cluster\n\n## Traffic\n- [ ] Traffic shifted: 10%\n")
	plan, err := checklist.Parse("move.md", "move", source)
	if err != nil {
		fmt.Println(err)
		return
	}
	board, err := dashboards.Overview(plan, dashboards.Options{DataSource: "Prometheus"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(board.UID, "in", board.File)
	// Output: cutover-move-overview in cutover-move-overview.json
}

func ExamplePanels() {
	source := []byte("# Move to the new cluster\n\n## Traffic\n- [ ] Traffic shifted: 10%\n")
	plan, err := checklist.Parse("move.md", "move", source)
	if err != nil {
		fmt.Println(err)
		return
	}
	panels, err := dashboards.Panels(plan, dashboards.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range panels[:3] {
		fmt.Printf("%-17s %s, alone at /d-solo/%s?panelId=%d\n", p.Title, p.UID, p.Board, p.ID)
	}
	// Output:
	// Progress          cutover-move-progress, alone at /d-solo/cutover-move-overview?panelId=1
	// Phase             cutover-move-phase, alone at /d-solo/cutover-move-overview?panelId=2
	// Candidate traffic cutover-move-candidate-traffic, alone at /d-solo/cutover-move-overview?panelId=3
}

// A panel in a dashboard that has its own name for its data source, and that
// shows one checklist only.
func ExamplePanel_Bind() {
	source := []byte("# Move to the new cluster\n\n## Steps\n- [x] Order machines\n")
	plan, err := checklist.Parse("move.md", "move", source)
	if err != nil {
		fmt.Println(err)
		return
	}
	panels, err := dashboards.Panels(plan, dashboards.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	phase, err := panels[1].Bind(dashboards.Binding{DataSourceVariable: "prometheus", Checklist: "move"})
	if err != nil {
		fmt.Println(err)
		return
	}
	model, err := phase.JSON()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(string(model), `checklist=\"move\"`), strings.Contains(string(model), `"uid": "${prometheus}"`))
	// Output: true true
}
