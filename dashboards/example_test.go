package dashboards_test

import (
	"fmt"

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
