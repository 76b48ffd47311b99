# syntax=docker/dockerfile:1
FROM node:24-slim AS front-end
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund --ignore-scripts

FROM python:3.11-slim AS packages
RUN python -m venv /venv
COPY requirements-production.lock .
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-production.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=cmo_lifecycle.settings \
    CMO_NO_BOOTSTRAP=1 \
    CMO_STATE_DIR=/var/lib/cmo
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin cmo \
    && install --directory --owner=cmo --group=cmo --mode=700 /var/lib/cmo
WORKDIR /app
COPY --from=packages /venv /venv
COPY --from=front-end /app/node_modules node_modules
COPY . .
# The values are needed to read the settings at all; none of them stays in the image.
RUN SECRET_KEY=build SIGNING_KEY=build SEALING_KEY=build DATABASE_URL=postgres://build REDIS_URL=redis://build \
    python manage.py collectstatic --noinput --verbosity 0
USER cmo
VOLUME /var/lib/cmo
EXPOSE 8000
ENTRYPOINT ["deploy/entrypoint"]
CMD ["web"]
