# The program with everything it needs; state lives in /data.
FROM node:22-bookworm-slim AS node

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
# The front-end bundles are made from npm packages during the build.
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && ln -s ../lib/node_modules/npm/bin/npx-cli.js /usr/local/bin/npx
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props BannedSymbols.txt .editorconfig ./
COPY Assistant.Domain/Assistant.Domain.csproj Assistant.Domain/
COPY Assistant.Infrastructure/Assistant.Infrastructure.csproj Assistant.Infrastructure/
COPY Assistant.Web/Assistant.Web.csproj Assistant.Web/
RUN dotnet restore Assistant.Web
COPY Assistant.Domain Assistant.Domain
COPY Assistant.Infrastructure Assistant.Infrastructure
COPY Assistant.Web Assistant.Web
RUN dotnet publish Assistant.Web --no-restore -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/* \
    && printf '#!/bin/sh\nexec dotnet /app/Assistant.Web.dll "$@"\n' >/usr/local/bin/assistant && chmod 755 /usr/local/bin/assistant \
    && mkdir /data && chown app:app /data && chmod 700 /data
WORKDIR /app
COPY --from=build /app ./
# The image this stands on sets the ports; both set, every start warns.
ENV ASPNETCORE_HTTP_PORTS= \
    ASPNETCORE_URLS=http://+:8080 \
    ASSISTANT_DATA=/data \
    DOTNET_EnableDiagnostics=0
USER app
VOLUME ["/data"]
EXPOSE 8080
# Live, not ready: a lost database is no reason to restart the program.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:8080/health/live"]
ENTRYPOINT ["assistant"]
