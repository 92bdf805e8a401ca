package smoke

import (
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// JUnit's elements, as far as CI systems agree on them.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name      string      `xml:"name,attr"`
		Tests     int         `xml:"tests,attr"`
		Failures  int         `xml:"failures,attr"`
		Skipped   int         `xml:"skipped,attr"`
		Errors    int         `xml:"errors,attr"`
		Time      string      `xml:"time,attr"`
		Timestamp string      `xml:"timestamp,attr,omitempty"`
		Cases     []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		Class     string        `xml:"classname,attr"`
		Time      string        `xml:"time,attr"`
		Failure   *junitMessage `xml:"failure"`
		Skipped   *junitMessage `xml:"skipped"`
		SystemOut string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes the report as JUnit's XML: a test suite for each suite on each
// target, with what was left out as skipped. A failure's text is its reason,
// those of the tries before it, and the detail where the report has it.
func (r Report) JUnit() ([]byte, error) {
	all := junitSuites{}
	place := make(map[string]int)
	suite := func(id Identity) *junitSuite {
		name := strings.TrimLeft(id.Target()+" "+id.Suite, " ")
		i, ok := place[name]
		if !ok {
			i = len(all.Suites)
			place[name] = i
			all.Suites = append(all.Suites, junitSuite{Name: name})
		}
		return &all.Suites[i]
	}
	took := make(map[string]float64)
	for _, t := range r.Tests {
		s := suite(t.Identity)
		c := junitCase{Name: t.Test, Class: s.Name, Time: junitSeconds(t.Seconds)}
		if !t.Success {
			c.Failure = &junitMessage{Message: t.Reason, Type: "failure", Text: t.story()}
			s.Failures++
			all.Failures++
		} else if len(t.Earlier) > 0 {
			c.SystemOut = t.story()
		}
		if at := t.Start.Format(time.RFC3339); s.Timestamp == "" || at < s.Timestamp {
			s.Timestamp = at
		}
		s.Tests++
		took[s.Name] += t.Seconds
		s.Time = junitSeconds(took[s.Name])
		s.Cases = append(s.Cases, c)
	}
	for _, l := range r.LeftOut {
		s := suite(l.Identity)
		s.Tests++
		s.Skipped++
		all.Skipped++
		s.Cases = append(s.Cases, junitCase{Name: l.Test, Class: s.Name, Time: junitSeconds(0), Skipped: &junitMessage{Message: l.Why}})
	}
	all.Tests = len(r.Tests) + len(r.LeftOut)
	text, err := xml.MarshalIndent(all, "", "  ")
	return append([]byte(xml.Header), append(text, '\n')...), err
}

// story tells what happened in all tries, for people.
func (t ReportedTest) story() string {
	var b strings.Builder
	for i, reason := range t.Earlier {
		fmt.Fprintf(&b, "try %d: %s\n", i+1, reason)
	}
	if t.Reason != "" {
		b.WriteString(t.Reason + "\n")
	}
	if t.Detail != "" {
		b.WriteString("\n" + t.Detail)
	}
	return b.String()
}

func junitSeconds(s float64) string { return fmt.Sprintf("%.3f", s) }
