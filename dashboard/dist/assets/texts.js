import{f as e,m as t}from"./index.js";import{a as n,n as r}from"./access.js";import{h as i}from"./database.js";var a=`Map(Paginate(Functions(), {size: 1000}), Lambda("ref", Get(Var("ref"))))`,o=t=>e`Get(Function(${t}))`,s=t=>e`Select("body", Get(Function(${t})))`,c=[`admin`,`server`,`server-readonly`,`client`],l=e=>`role ${e}`;function u(e){let t=r(e,`role`);if(typeof t==`string`)return t;let i=n(t);return i?l(i.id):``}function d(t){return t===``?`null`:t.startsWith(`role `)?e`Role(${t.slice(5)})`:JSON.stringify(t)}var f=(n,r,i)=>e`Update(Function(${n}), {
  body: ${t(r)},
  role: ${t(d(i))}
})`,p=(n,r,i)=>e`CreateFunction({
  name: ${n},
  body: ${t(r)}${t(i===``?``:`,\n  role: ${d(i)}`)}
})`,m=(t,n)=>`Call(${[e`Function(${t})`,...n.map(e=>e.trim()===``?`null`:e)].join(`, `)})`;function h(e){let t=r(e,`body`);return t instanceof i?t.parameters:[]}export{a,h as c,f as d,o as i,u as l,c as n,p as o,m as r,l as s,s as t,d as u};