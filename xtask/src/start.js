      // The doctor comes when it is asked for. An import checks nothing: the fetch before it does.
      addEventListener("hushkey:check", async (event) => {
        event.preventDefault();
        try {
          await fetch("{{doctor_script}}", { integrity: "{{doctor_script_integrity}}" });
          const { default: start } = await import("{{doctor_script}}");
          await start({ module_or_path: fetch("{{doctor_wasm}}", { integrity: "{{doctor_wasm_integrity}}" }) });
        } catch (error) {
          console.error(error);
          dispatchEvent(new CustomEvent("hushkey:checked", { detail: "" }));
        }
      }, { once: true });
      // Starts the app once the browser has checked its script, or says that it cannot: a blank page tells nobody anything.
      {
        const script = document.currentScript.previousElementSibling;
        const fail = (error) => {
          console.error(error);
          const [title, lead, again] = "{{sentences}}"[document.documentElement.lang];
          const make = (tag, className, textContent) => Object.assign(document.createElement(tag), { className, textContent });
          const button = make("button", "button", again);
          button.onclick = () => location.reload();
          const actions = make("div", "actions");
          actions.append(button);
          const page = document.getElementById("main") ?? document.getElementById("app");
          const told = make("div", "", "");
          told.setAttribute("role", "alert");
          page.replaceChildren(told);
          told.append(make("h1", "", title), make("p", "lead", lead), actions);
        };
        const start = async () => {
          const { default: start } = await import("{{script}}");
          await start({ module_or_path: fetch("{{wasm}}", { integrity: "{{wasm_integrity}}" }) });
        };
        script.onload = () => start().catch(fail);
        script.onerror = () => fail(Error("missing or changed: {{script}}"));
      }
