package kubernetes

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// maxName is the longest name that fits wherever a cluster puts one, label
// values among them.
const maxName = 63

var (
	subdomain  = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	label      = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	labelName  = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
	labelValue = regexp.MustCompile(`^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$`)
	unusable   = regexp.MustCompile(`[^a-z0-9]+`)
)

// hashLength keeps names apart that had to be changed, in hex digits.
const hashLength = 8

// Name is text as the name of an object. Text that is none becomes one, with a
// hash of it at the end: different texts have different names.
func Name(text string) string {
	if len(text) <= maxName && subdomain.MatchString(text) {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	hash := hex.EncodeToString(sum[:])[:hashLength]
	s := strings.Trim(unusable.ReplaceAllString(strings.ToLower(text), "-"), "-")
	s = strings.Trim(s[:min(len(s), maxName-hashLength-1)], "-")
	if s == "" {
		return appName + "-" + hash
	}
	return s + "-" + hash
}

// DashboardName is the name of the objects of a dashboard: its uid, in which an
// underscore stands for a dot that an object's name may have.
func DashboardName(uid string) string { return Name(strings.ReplaceAll(uid, "_", ".")) }

// CheckNamespace says what is wrong with a namespace; none is fine.
func CheckNamespace(namespace string) error {
	if namespace != "" && (len(namespace) > maxName || !label.MatchString(namespace)) {
		return fmt.Errorf("use a namespace such as monitoring: up to %d small letters, digits and hyphens", maxName)
	}
	return nil
}

// ParseLabels reads labels written as release=stack,team=platform.
func ParseLabels(text string) (map[string]string, error) {
	labels := map[string]string{}
	for pair := range strings.SplitSeq(text, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		key, value, ok := strings.Cut(pair, "=")
		domain, name, prefixed := strings.Cut(key, "/")
		if !prefixed {
			domain, name = "", key
		}
		domainFine := !prefixed || len(domain) <= 253 && subdomain.MatchString(domain)
		if !ok || !domainFine || !labelName.MatchString(name) || !labelValue.MatchString(value) {
			return nil, fmt.Errorf("%q is not a label: use name=value with commas between them, such as release=monitoring,team=platform", pair)
		}
		if _, twice := labels[key]; twice {
			return nil, fmt.Errorf("label %s is set twice", key)
		}
		labels[key] = value
	}
	return labels, nil
}
