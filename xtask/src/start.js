      // Starts the app, or says that it cannot: a blank page tells nobody anything.
      {
        const script = document.currentScript.previousElementSibling;
        const fail = (error) => {
          console.error(error);
          const sentence = document.createElement("p");
          sentence.className = "alone";
          sentence.setAttribute("role", "alert");
          sentence.textContent = "The app could not be started. Check the connection and reload the page.";
          document.getElementById("app").replaceChildren(sentence);
        };
        const start = async () => {
          const { default: start } = await import("{{script}}");
          await start({ module_or_path: fetch("{{wasm}}", { integrity: "{{wasm_integrity}}" }) });
        };
        script.onload = () => start().catch(fail);
        script.onerror = () => fail(Error("missing or changed: {{script}}"));
      }
