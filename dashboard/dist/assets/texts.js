import{d as e,p as t}from"./index.js";import{a as n,n as r,r as i}from"./access.js";import{p as a}from"./database.js";var o=1e3;function s(n,r){return e`Map(
  Paginate(Documents(Collection(${n})), {size: ${100}${t(c(n,r))}}),
  Lambda("ref", Get(Var("ref")))
)`}function c(n,r){switch(r.at){case`start`:return``;case`end`:return`, before: null`;default:return e`, ${t(r.at)}: [Ref(Collection(${n}), ${r.id})]`}}function l(n,r){return e`{
  page: ${t(s(n,r))},
  count: ${t(u(e`Collection(${n})`))}
}`}var u=n=>e`Count(Select("data", Paginate(Documents(${t(n)}), {size: ${1001}})))`,d=(t,n)=>e`Ref(Collection(${t}), ${n})`;function f(e,t){return t===void 0?`Get(${e})`:`At(${t}, Get(${e}))`}function p(e){let t=r(e,`page`,`data`);return{documents:i(t)?[...t]:[],count:m(r(e,`count`))??0,after:n(r(e,`page`,`after`,0))?.id,before:n(r(e,`page`,`before`,0))?.id}}function m(e){return e instanceof a?Number(e.text):void 0}function h(e){return e>1e3?`${o.toLocaleString(`en`)}+`:e.toLocaleString(`en`)}export{d as a,p as c,o as i,s as l,h as n,f as o,u as r,m as s,l as t};