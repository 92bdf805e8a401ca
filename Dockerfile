# The exporter: docker build -t cutover .
# The sample services of docker-compose.yml: docker build --target sample .
ARG GO_VERSION=1.26

FROM --platform=$BUILDPLATFORM golang:${GO_VERSION} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG TARGETOS TARGETARCH
ARG VERSION=dev
ARG REVISION=unknown
# Static, so that they need nothing of an image but themselves.
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -ldflags "-s -w \
      -X github.com/prometheus/common/version.Version=$VERSION \
      -X github.com/prometheus/common/version.Revision=$REVISION" \
      -o /out/ ./cmd/cutover ./internal/demo/sample
# A new volume takes its owner from the folder in the image.
RUN mkdir /out/journal

FROM scratch AS sample
COPY --from=build /out/sample /sample
USER 65532:65532
EXPOSE 8000 9094
ENTRYPOINT ["/sample"]

FROM scratch
ARG VERSION=dev
ARG REVISION=unknown
LABEL org.opencontainers.image.title="cutover" \
      org.opencontainers.image.description="Makes a migration checklist live" \
      org.opencontainers.image.version=$VERSION \
      org.opencontainers.image.revision=$REVISION
# For targets and databases with TLS.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/cutover /cutover
COPY --from=build --chown=65532:65532 /out/journal /var/lib/cutover
USER 65532:65532
# Mount the folder of your checklist, read-only, and say where it is:
# -v ./plans:/checklists:ro -e CUTOVER_CHECKLIST=/checklists/plan.md
ENV CUTOVER_JOURNAL=/var/lib/cutover/journal.jsonl
VOLUME /var/lib/cutover
EXPOSE 9847
HEALTHCHECK --interval=10s --timeout=5s --start-period=5s --retries=3 CMD ["/cutover", "serve", "--check"]
ENTRYPOINT ["/cutover"]
CMD ["serve"]
