// Search without a server: browsers start no worker from file://, so a hidden frame plays one.
if (location.protocol === "file:") {
  const load = (frame, address) =>
    new Promise((done, failed) => {
      const script = frame.contentDocument.createElement("script");
      Object.assign(script, { src: address, onload: done, onerror: failed });
      frame.contentDocument.body.append(script);
    });

  window.IFrameWorker = class extends EventTarget {
    constructor(address) {
      super();
      const frame = Object.assign(document.createElement("iframe"), { hidden: true });
      document.body.append(frame);
      this.inside = frame.contentWindow;
      this.inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
      this.inside.importScripts = (...addresses) =>
        addresses.reduce((before, next) => before.then(() => load(frame, next)), Promise.resolve());
      this.ready = load(frame, String(new URL(address, document.baseURI)));
    }

    postMessage(data) {
      this.ready.then(() => this.inside.dispatchEvent(new MessageEvent("message", { data })));
    }

    terminate() {
      this.inside.frameElement.remove();
    }
  };
  window.Worker = window.IFrameWorker;
}
