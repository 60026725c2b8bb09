      // Comes when it is asked for.
      addEventListener("hushkey:check", async (event) => {
        event.preventDefault();
        try {
          const { default: start } = await import("{{doctor_script}}");
          await start({ module_or_path: fetch("{{doctor_wasm}}", { integrity: "{{doctor_wasm_integrity}}" }) });
        } catch (error) {
          console.error(error);
          dispatchEvent(new CustomEvent("hushkey:checked", { detail: "" }));
        }
      }, { once: true });
      // Starts the app, or says that it cannot: a blank page tells nobody anything.
      try {
        const { default: start } = await import("{{script}}");
        await start({ module_or_path: fetch("{{wasm}}", { integrity: "{{wasm_integrity}}" }) });
      } catch (error) {
        console.error(error);
        const sentence = document.createElement("p");
        sentence.className = "alone";
        sentence.setAttribute("role", "alert");
        sentence.textContent = "The app could not be started. Check the connection and reload the page.";
        document.getElementById("app").replaceChildren(sentence);
      }
