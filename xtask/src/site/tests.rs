use super::*;

fn site() -> Site {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("_headers", "/*\n  X-All: 1\n  Cache-Control: no-cache\n/app-*\n  Cache-Control: immutable\n");
    write("_redirects", "/* /index.html 200");
    write("index.html", "<p>app</p>");
    write("app-1.css", "p{}");
    write("app-1.css.br", "BR");
    write("app-1.css.gz", "GZ");
    write("static/note.txt", "note");
    Site::load(folder.path()).expect("a site")
}

fn get(site: &Site, path: &str) -> Answer {
    site.answer(Ask { path, ..Ask::default() })
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    let found = answer.headers.iter().find(|(own, _)| own == name);
    found.map(|(_, value)| value.as_str())
}

#[test]
fn deep_links_get_the_page_and_missing_files_do_not() {
    let site = site();
    for path in ["/", "/index.html", "/deep/link", "/callback", "/people/J%C3%BCrgen"] {
        let answer = get(&site, path);
        assert_eq!((answer.status, &answer.body[..]), (200, &b"<p>app</p>"[..]), "{path}");
        assert_eq!(header(&answer, "Content-Type"), Some("text/html; charset=utf-8"));
        assert_eq!(header(&answer, "X-All"), Some("1"));
    }
    for path in ["/app-2.css", "/silent-refresh.html", "/deep/hushkey.wasm", "/favicon.ico"] {
        assert_eq!(get(&site, path).status, 404, "{path}");
        assert_eq!(header(&get(&site, path), "Cache-Control"), Some("no-store"), "{path}");
    }
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let site = site();
    for path in [
        "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/..%2fCargo.toml", "//etc/passwd.txt", "/static/../../x.txt", "/_headers.", "/.%00.txt",
        "/..\\Cargo.toml",
    ] {
        assert_eq!(get(&site, path).status, 404, "{path}");
    }
    // The host's own files are not for visitors.
    assert_eq!(get(&site, "/_headers").status, 404);
}

#[test]
fn compressed_twins_are_sent_to_those_who_take_them() {
    let site = site();
    let ask = |encodings| site.answer(Ask { path: "/app-1.css", encodings, known: "" });
    for (encodings, body, name) in
        [("gzip, deflate, br, zstd", "BR", Some("br")), ("gzip, br;q=0", "GZ", Some("gzip")), ("brotli", "p{}", None), ("", "p{}", None)]
    {
        let answer = ask(encodings);
        assert_eq!(&answer.body[..], body.as_bytes(), "{encodings}");
        assert_eq!(header(&answer, "Content-Encoding"), name, "{encodings}");
        assert_eq!(header(&answer, "Vary"), Some("Accept-Encoding"));
        assert_eq!(header(&answer, "Cache-Control"), Some("immutable"));
    }
    assert_eq!(get(&site, "/app-1.css.br").status, 404, "a twin is no file of its own");
}

#[test]
fn a_known_tag_is_answered_with_304() {
    let site = site();
    let first = get(&site, "/static/note.txt");
    let known = header(&first, "ETag").expect("a tag");
    let again = |known| site.answer(Ask { path: "/static/note.txt", encodings: "", known });
    assert_eq!(again(known).status, 304);
    assert!(again(known).body.is_empty());
    let weak_too = format!("\"other\", W/{known}");
    assert_eq!(again(&weak_too).status, 304);
    assert_eq!(again("\"other\"").status, 200);
    // A tag names one encoding of a file.
    let packed = site.answer(Ask { path: "/app-1.css", encodings: "br", known: "" });
    assert_ne!(header(&packed, "ETag"), header(&get(&site, "/app-1.css"), "ETag"));
}
