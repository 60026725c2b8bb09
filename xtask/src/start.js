      // Starts the app, or says that it cannot: a blank page tells nobody anything.
      try {
        const { default: start } = await import("{{script}}");
        await start({ module_or_path: fetch("{{wasm}}", { integrity: "{{wasm_integrity}}" }) });
      } catch (error) {
        console.error(error);
        const sentence = document.createElement("p");
        sentence.className = "alone";
        sentence.setAttribute("role", "alert");
        sentence.textContent = {{sentences}}[document.documentElement.lang];
        document.getElementById("app").replaceChildren(sentence);
      }
