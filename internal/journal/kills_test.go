//go:build !soak

package journal

// kills is how often the writer is killed. With `-tags soak` it is a thousand
// times.
const kills = 25
