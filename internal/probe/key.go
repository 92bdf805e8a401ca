package probe

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const (
	// staleAfter is how old what a run wrote must be before another run takes
	// it for a leftover: longer than any run takes, its cleanup included.
	staleAfter = 10 * time.Minute
	// cleanupTimeout is how long a cleanup may take after the test's own time.
	cleanupTimeout = 5 * time.Second
)

// keyPattern finds the key of a run in a text; also in the name of a schema.
var keyPattern = regexp.MustCompile(`cutover[-_]smoke[-_]([0-9]{9,12})[-_][0-9a-f]{8}`)

// newKey is the key of a run that begins now.
func newKey(now time.Time) string {
	var random [4]byte
	_, _ = rand.Read(random[:]) // never fails
	return fmt.Sprintf("%s%d-%s", KeyPrefix, now.Unix(), hex.EncodeToString(random[:]))
}

// schemaName is the key as the name of a schema.
func schemaName(key string) string { return strings.ReplaceAll(key, "-", "_") }

// isStale says whether text holds the key of a run that began longer ago than
// after.
func isStale(text string, now time.Time, after time.Duration) bool {
	m := keyPattern.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	seconds, err := strconv.ParseInt(m[1], 10, 64)
	return err == nil && now.Sub(time.Unix(seconds, 0)) > after
}

// forCleanup is a context for what must be done whatever became of ctx.
func forCleanup(ctx context.Context, timeout time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), timeout)
}
