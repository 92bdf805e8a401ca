//go:build soak

package journal

// kills is how often the writer is killed.
const kills = 1000
