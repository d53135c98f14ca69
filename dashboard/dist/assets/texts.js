import{i as e,l as t,n}from"./query.js";import{a as r,n as i,r as a}from"./access.js";var o=1e3;function s(t,r){return n`Map(
  Paginate(Documents(Collection(${t})), {size: ${100}${e(c(t,r))}}),
  Lambda("ref", Get(Var("ref")))
)`}function c(t,r){switch(r.at){case`start`:return``;case`end`:return`, before: null`;default:return n`, ${e(r.at)}: [Ref(Collection(${t}), ${r.id})]`}}function l(t,r){return n`{
  page: ${e(s(t,r))},
  count: ${e(u(n`Collection(${t})`))}
}`}var u=t=>n`Count(Select("data", Paginate(Documents(${e(t)}), {size: ${1001}})))`,d=(e,t)=>n`Ref(Collection(${e}), ${t})`;function f(e,t){return t===void 0?`Get(${e})`:`At(${t}, Get(${e}))`}function p(e){let t=i(e,`page`,`data`);return{documents:a(t)?[...t]:[],count:m(i(e,`count`))??0,after:r(i(e,`page`,`after`,0))?.id,before:r(i(e,`page`,`before`,0))?.id}}function m(e){return e instanceof t?Number(e.text):void 0}function h(e){return e>1e3?`${o.toLocaleString(`en`)}+`:e.toLocaleString(`en`)}export{d as a,p as c,o as i,s as l,h as n,f as o,u as r,m as s,l as t};