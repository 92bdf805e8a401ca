// Package endtoend holds the test of the whole: the cutover binary, the sample
// services, the real Prometheus and the real Alertmanager on what was
// generated, and a webhook that waits for the alerts.
package endtoend
