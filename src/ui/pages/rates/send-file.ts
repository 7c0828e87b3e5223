/** Sends a file and tells how much of it has gone, from 0 to 1, which fetch can't. Rejects with the server's sentence. */
export function sendFile<T>(
  path: string,
  file: File,
  csrf: string | null,
  onSent: (share: number) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", path);
    sending.setRequestHeader("content-type", "text/csv");
    if (csrf !== null) sending.setRequestHeader("ringfence-csrf", csrf);
    sending.upload.onprogress = ({ loaded, total }) => onSent(total === 0 ? 0 : loaded / total);
    sending.upload.onload = () => onSent(1);
    sending.onerror = () => reject(new Error("The daemon does not answer. Is this machine online?"));
    sending.onload = () => {
      try {
        const answer = JSON.parse(sending.responseText) as T & { readonly detail?: string };
        if (sending.status < 300) resolve(answer);
        else reject(new Error(answer.detail ?? `The daemon answered ${sending.status}.`));
      } catch (cause) {
        reject(new Error(`The daemon answered ${sending.status}.`, { cause }));
      }
    };
    sending.send(file);
  });
}
