import{f as e,u as t}from"./index.js";import{a as n,n as r}from"./access.js";import{h as i}from"./database.js";var a=e=>t`Get(Function(${e}))`,o=e=>t`Select("body", Get(Function(${e})))`,s=[`admin`,`server`,`server-readonly`,`client`],c=e=>`role ${e}`;function l(e){let t=r(e,`role`);if(typeof t==`string`)return t;let i=n(t);return i?c(i.id):``}function u(e){return e===``?`null`:e.startsWith(`role `)?t`Role(${e.slice(5)})`:JSON.stringify(e)}var d=(n,r,i)=>t`Update(Function(${n}), {
  body: ${e(r)},
  role: ${e(u(i))}
})`,f=(n,r,i)=>t`CreateFunction({
  name: ${n},
  body: ${e(r)}${e(i===``?``:`,\n  role: ${u(i)}`)}
})`,p=(e,n)=>`Call(${[t`Function(${e})`,...n.map(e=>e.trim()===``?`null`:e)].join(`, `)})`;function m(e){let t=r(e,`body`);return t instanceof i?t.parameters:[]}export{f as a,l as c,a as i,u as l,s as n,c as o,p as r,m as s,o as t,d as u};