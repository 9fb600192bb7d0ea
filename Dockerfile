FROM docker.io/denoland/deno:debian-2.9.6
WORKDIR /app
COPY . .
RUN deno task build && install -d -o deno -g deno -m 0700 /data
ENV HOST=0.0.0.0 PORT=8000 DENO_DIR=/tmp/deno DENO_NO_UPDATE_CHECK=1 \
    ATOLL_DATA=/data/files STORE=sqlite:/data/records/atoll.db ATOLL_LOG=json
USER deno
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["deno", "eval", "Deno.exit((await fetch('http://127.0.0.1:8000/healthz')).ok ? 0 : 1)"]
CMD ["deno", "run", "-A", "--quiet", "lib/cli/launch.ts"]
