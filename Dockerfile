# telltale in a container: docker compose up --build
FROM node:20-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3 make g++ && rm -rf /var/lib/apt/lists/*
WORKDIR /telltale
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production
WORKDIR /telltale
COPY --from=build /telltale/package.json ./
COPY --from=build /telltale/node_modules ./node_modules
COPY --from=build /telltale/dist ./dist
COPY --from=build /telltale/signatures ./signatures
RUN ln -s /telltale/dist/cli/main.js /usr/local/bin/telltale && mkdir -p /evidence /certs && chown node:node /evidence /certs
USER node
VOLUME ["/evidence", "/certs"]
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:8080/check').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["telltale"]
CMD ["proxy", "--listen", "0.0.0.0:8080", "--db", "/evidence/telltale.db", "--ca-dir", "/certs"]
