package mojibake

import "testing"

// TestSkipped checks that what suspectsOf skips by its first byte has no role.
func TestSkipped(t *testing.T) {
	for _, skipped := range [][2]rune{{0x400, 0x6FF}, {0x3000, 0xEFFF}} {
		for r := skipped[0]; r <= skipped[1]; r++ {
			if newRole(r) != (role{}) {
				t.Errorf("%U has a role", r)
			}
		}
	}
}
