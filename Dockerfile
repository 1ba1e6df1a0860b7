# The manager: one static executable and the CA certificates, run by nobody.
#
# Compiled on the machine's own architecture for the one that is asked for, with
# nothing in it that depends on where or when.
FROM --platform=$BUILDPLATFORM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY main.go ./
COPY api api
COPY controllers controllers
COPY webhook webhook
COPY internal internal
ARG TARGETOS TARGETARCH VERSION=dev
RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -buildvcs=false -ldflags "-s -w -X github.com/domicile-dev/domicile/internal/manager.release=$VERSION" -o /manager .

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chmod=0555 /manager /manager
USER 65532:65532
ENTRYPOINT ["/manager"]
