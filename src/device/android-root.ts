import type { Certificate } from './certificate-files.ts';

/**
 * A shell script that puts the certificate into the system store of a rooted Android phone until it restarts.
 *
 * Nothing on the system partition changes: the store is covered with a copy in memory that holds one more file. Since Android 14
 * apps read the store of the Conscrypt APEX, and since Android 10 an updated Conscrypt may bring one too; each process sees it
 * through a mount namespace of its own, so the copy is bound over it in the zygotes (for apps to come) and in the apps that run.
 *
 * Processes started before see the copy because Android's namespaces are slaves of init's, which a root shell shares.
 * It needs a root shell and toybox: `adb shell su < script`, or `adb root` first. Running it twice does no harm.
 */
export function androidRootScript({ certificatePem, subjectHashOld }: Certificate): string {
  return `#!/system/bin/sh
# Trusts this telltale's certificate system-wide until the phone restarts. Run as root.
store=/system/etc/security/cacerts
apex=/apex/com.android.conscrypt/cacerts
copy=/data/local/tmp/telltale-cacerts

[ "$(id -u)" = 0 ] || { echo "telltale: this needs root: adb shell su < script" >&2; exit 1; }
rm -rf "$copy" && mkdir -p -m 700 "$copy" || exit 1
if [ -d "$apex" ]; then cp "$apex"/* "$copy"/; else cp "$store"/* "$copy"/; fi || exit 1
cat > "$copy/${subjectHashOld}.0" <<'CERTIFICATE'
${certificatePem.trim()}
CERTIFICATE

mount -t tmpfs tmpfs "$store" || exit 1
cp "$copy"/* "$store"/ && rm -rf "$copy" || exit 1
chown 0:0 "$store" "$store"/*
chmod 755 "$store"
chmod 644 "$store"/*
chcon u:object_r:system_file:s0 "$store" "$store"/* 2>/dev/null

if [ -d "$apex" ]; then
  within() { process=$1; shift; nsenter --mount="/proc/$process/ns/mnt" -- "$@"; }
  for zygote in $(pidof zygote64) $(pidof zygote); do
    within "$zygote" mount --bind "$store" "$apex"
    within "$zygote" ls "$apex/${subjectHashOld}.0" >/dev/null || {
      echo "telltale: new apps do not see the certificate: let su use the global mount namespace, then try again" >&2
      exit 1
    }
    for status in $(grep -l "^PPid:[[:space:]]*$zygote$" /proc/[0-9]*/status 2>/dev/null); do
      app=\${status#/proc/}
      within "\${app%/status}" mount --bind "$store" "$apex" 2>/dev/null
    done
  done
  mount --bind "$store" "$apex"
fi
ls "$store/${subjectHashOld}.0" >/dev/null && echo "telltale: the certificate is in the system store until the phone restarts"
`;
}
