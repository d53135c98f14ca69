import{d as e,p as t}from"./index.js";import{a as n,n as r}from"./access.js";import{h as i}from"./database.js";var a=t=>e`Get(Function(${t}))`,o=t=>e`Select("body", Get(Function(${t})))`,s=[`admin`,`server`,`server-readonly`,`client`],c=e=>`role ${e}`;function l(e){let t=r(e,`role`);if(typeof t==`string`)return t;let i=n(t);return i?c(i.id):``}function u(t){return t===``?`null`:t.startsWith(`role `)?e`Role(${t.slice(5)})`:JSON.stringify(t)}var d=(n,r,i)=>e`Update(Function(${n}), {
  body: ${t(r)},
  role: ${t(u(i))}
})`,f=(n,r,i)=>e`CreateFunction({
  name: ${n},
  body: ${t(r)}${t(i===``?``:`,\n  role: ${u(i)}`)}
})`,p=(t,n)=>`Call(${[e`Function(${t})`,...n.map(e=>e.trim()===``?`null`:e)].join(`, `)})`;function m(e){let t=r(e,`body`);return t instanceof i?t.parameters:[]}export{f as a,l as c,a as i,u as l,s as n,c as o,p as r,m as s,o as t,d as u};