# Ringfence in a container beside Asterisk: see docs/docker.md for how it is run. Debian's own Node, so that one base image has
# everything; better-sqlite3 is compiled against it (docs/decisions/0010-better-sqlite3-and-node-24.md).
ARG BASE=debian:trixie-slim

FROM ${BASE} AS build
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates nodejs npm libnode-dev python3 make g++ \
    && rm -rf /var/lib/apt/lists/* \
    # Debian's npm can't override a package with one in a folder.
    && npm install --global npm@11.19.1
WORKDIR /build
# What the packages are made from, ahead of the sources: they are fetched again only when one of these changes.
COPY package.json package-lock.json .npmrc ./
COPY scripts/install-packages scripts/
COPY scripts/native scripts/native
COPY scripts/stubs scripts/stubs
# Node's headers are Debian's: nothing is fetched for the compiler.
ENV npm_config_nodedir=/usr
RUN scripts/install-packages
COPY tsconfig.json tsconfig.build.json vite.config.mjs ./
COPY scripts/copy-assets.mjs scripts/
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-save

FROM ${BASE}
# The tools that shut sources out; one of nftables and ipset with iptables is used (firewall.backend).
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates nodejs nftables ipset iptables conntrack \
    && rm -rf /var/lib/apt/lists/* \
    && mkdir -p /etc/ringfence /var/lib/ringfence /run/ringfence
WORKDIR /opt/ringfence
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules node_modules
# ari-client's `request` is a link to here.
COPY --from=build /build/scripts/stubs scripts/stubs
COPY --from=build /build/dist dist
COPY asterisk-conf asterisk-conf
COPY LICENSE README.md CHANGELOG.md ./
RUN ln -s /opt/ringfence/dist/ringfence.js /usr/local/bin/ringfence
VOLUME /var/lib/ringfence
STOPSIGNAL SIGTERM
# As in scripts/ringfence.service.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=65536 MALLOC_TRIM_THRESHOLD_=65536
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["ringfence", "status", "--json"]
ENTRYPOINT ["ringfence"]
CMD ["run", "--config", "/etc/ringfence/ringfence.yaml"]
