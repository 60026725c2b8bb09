//! S3 and CloudFront: a CloudFormation template with a private bucket, a distribution, policies for the headers of answers, and a function that turns views
//! into the page.
//!
//! A behaviour is chosen by the address that was asked for, before the function changes it. Whoever may list the bucket is told of a missing file by 404
//! instead of 403; since no query reaches the bucket, and its root is the page, nobody can ask for the list.

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use super::Rules;
use super::rules::{HIDDEN, Page, Set, VIEW};

/// The longest policy that CloudFront takes.
const LONGEST_POLICY: usize = 1783;

/// AWS's own cache policy for files: compressed, without cookies and queries. An invalidation at each deployment empties it.
const CACHING_OPTIMIZED: &str = "658327ea-f89d-4fab-a63d-7e88639e58f6";

pub(super) fn render(rules: &Rules<'_>) -> Result<String> {
    for (name, value) in rules.pages.iter().map(|page| rules.of(page)).chain([rules.page()]).flatten() {
        ensure!(
            name != "Content-Security-Policy" || value.len() <= LONGEST_POLICY,
            "CloudFront takes no policy of {} characters.",
            value.len()
        );
    }
    let headers_of = |name: &str| format!("{}{}Headers", name[..1].to_uppercase(), &name[1..]);
    let named = |page: &Page<'_>| [page.path, page.bare].map(|path| behavior(Some(path), &headers_of(page.name)));
    let behaviors: Vec<Value> =
        rules.pages.iter().flat_map(named).chain(rules.kept.iter().map(|path| behavior(Some(path), "KeptHeaders"))).collect();
    let mut template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "hushkey, written by `cargo xtask dist --host cloudfront`",
        "Parameters": {
            "Domain": { "Type": "String", "Default": "", "Description": "The app's host, such as app.example.com; empty for CloudFront's own" },
            "Certificate": { "Type": "String", "Default": "", "Description": "ARN of its certificate in us-east-1" },
        },
        "Conditions": { "Named": { "Fn::Not": [{ "Fn::Equals": [{ "Ref": "Domain" }, ""] }] } },
        "Resources": {
            "Files": {
                "Type": "AWS::S3::Bucket",
                "Properties": {
                    "PublicAccessBlockConfiguration": {
                        "BlockPublicAcls": true, "BlockPublicPolicy": true, "IgnorePublicAcls": true, "RestrictPublicBuckets": true,
                    },
                },
            },
            "FilesPolicy": { "Type": "AWS::S3::BucketPolicy", "Properties": { "Bucket": { "Ref": "Files" }, "PolicyDocument": access() } },
            "Access": {
                "Type": "AWS::CloudFront::OriginAccessControl",
                "Properties": {
                    "OriginAccessControlConfig": {
                        "Name": { "Fn::Sub": "${AWS::StackName}-access" },
                        "OriginAccessControlOriginType": "s3", "SigningBehavior": "always", "SigningProtocol": "sigv4",
                    },
                },
            },
            "PageHeaders": policy("page", &rules.page()),
            "KeptHeaders": policy("kept", &rules.kept()),
            "Views": {
                "Type": "AWS::CloudFront::Function",
                "Properties": {
                    "Name": { "Fn::Sub": "${AWS::StackName}-views" },
                    "AutoPublish": true,
                    "FunctionConfig": { "Comment": "Views are the page", "Runtime": "cloudfront-js-2.0" },
                    "FunctionCode": function(rules),
                },
            },
            "Distribution": {
                "Type": "AWS::CloudFront::Distribution",
                "Properties": { "DistributionConfig": distribution(behaviors) },
            },
        },
        "Outputs": {
            "Bucket": { "Value": { "Ref": "Files" } },
            "Distribution": { "Value": { "Ref": "Distribution" } },
            "Address": { "Value": { "Fn::GetAtt": ["Distribution", "DomainName"] } },
        },
    });
    for page in &rules.pages {
        template["Resources"][headers_of(page.name)] = policy(page.name, &rules.of(page));
    }
    Ok(format!("{template:#}\n"))
}

fn access() -> Value {
    let allow = |action: &str, resource: &str| {
        json!({
            "Effect": "Allow",
            "Principal": { "Service": "cloudfront.amazonaws.com" },
            "Action": action,
            "Resource": { "Fn::Sub": resource },
            "Condition": { "StringEquals": { "AWS:SourceArn": {
                "Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}" } } },
        })
    };
    json!({ "Version": "2012-10-17", "Statement": [allow("s3:GetObject", "${Files.Arn}/*"), allow("s3:ListBucket", "${Files.Arn}")] })
}

fn distribution(behaviors: Vec<Value>) -> Value {
    let named = |value: Value, other: Value| json!({ "Fn::If": ["Named", value, other] });
    json!({
        "Enabled": true,
        "HttpVersion": "http2and3",
        "IPV6Enabled": true,
        "Aliases": named(json!([{ "Ref": "Domain" }]), json!({ "Ref": "AWS::NoValue" })),
        "ViewerCertificate": named(
            json!({ "AcmCertificateArn": { "Ref": "Certificate" }, "SslSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021" }),
            json!({ "CloudFrontDefaultCertificate": true }),
        ),
        "Origins": [{
            "Id": "files",
            "DomainName": { "Fn::GetAtt": ["Files", "RegionalDomainName"] },
            "OriginAccessControlId": { "Ref": "Access" },
            "S3OriginConfig": { "OriginAccessIdentity": "" },
        }],
        "DefaultCacheBehavior": behavior(None, "PageHeaders"),
        "CacheBehaviors": behaviors,
    })
}

fn behavior(path: Option<&str>, headers: &str) -> Value {
    let mut behavior = json!({
        "TargetOriginId": "files",
        "ViewerProtocolPolicy": "redirect-to-https",
        "AllowedMethods": ["GET", "HEAD"],
        "Compress": true,
        "CachePolicyId": CACHING_OPTIMIZED,
        "ResponseHeadersPolicyId": { "Ref": headers },
        "FunctionAssociations": [{ "EventType": "viewer-request", "FunctionARN": { "Fn::GetAtt": ["Views", "FunctionMetadata.FunctionARN"] } }],
    });
    if let Some(path) = path {
        behavior["PathPattern"] = path.into();
    }
    behavior
}

/// Headers that CloudFront has a place of their own for; the others are custom ones.
fn policy(name: &str, set: &Set<'_>) -> Value {
    let (mut security, mut custom) = (Map::new(), Vec::new());
    for (header, value) in set {
        let (place, setting) = match *header {
            "Content-Security-Policy" => ("ContentSecurityPolicy", json!({ "ContentSecurityPolicy": value })),
            "X-Content-Type-Options" => ("ContentTypeOptions", json!({})),
            "X-Frame-Options" => ("FrameOptions", json!({ "FrameOption": value })),
            "Referrer-Policy" => ("ReferrerPolicy", json!({ "ReferrerPolicy": value })),
            "Strict-Transport-Security" => {
                let seconds = value.trim_start_matches("max-age=").parse::<u32>().unwrap_or_default();
                ("StrictTransportSecurity", json!({ "AccessControlMaxAgeSec": seconds }))
            }
            _ => {
                custom.push(json!({ "Header": header, "Value": value, "Override": true }));
                continue;
            }
        };
        security.insert(place.to_owned(), setting);
        security[place]["Override"] = true.into();
    }
    json!({
        "Type": "AWS::CloudFront::ResponseHeadersPolicy",
        "Properties": { "ResponseHeadersPolicyConfig": {
            "Name": { "Fn::Sub": format!("${{AWS::StackName}}-{name}") },
            "SecurityHeadersConfig": security,
            "CustomHeadersConfig": { "Items": custom },
        } },
    })
}

/// Runs at CloudFront at each request, before its cache is looked into.
fn function(rules: &Rules<'_>) -> String {
    let named = |page: &Page<'_>| format!("if (path === '{}') request.uri = '{}';\n  else ", page.bare, page.path);
    let named: String = rules.pages.iter().map(named).collect();
    format!(
        "function handler(event) {{\n  \
           const request = event.request;\n  \
           const path = request.uri;\n  \
           if (/^\\/(?:{hidden})$/.test(path)) {{\n    \
             return {{ statusCode: 404, statusDescription: 'Not Found', headers: {{ 'cache-control': {{ value: 'no-store' }} }} }};\n  \
           }}\n  \
           {named}if (/^\\/{view}$/.test(path)) request.uri = '/index.html';\n  \
           return request;\n}}\n",
        hidden = HIDDEN,
        view = VIEW.replace('/', "\\/"),
    )
}
