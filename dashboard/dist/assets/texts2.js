import{d as e,i as t,n}from"./query.js";import{a as r,n as i}from"./access.js";var a=e=>n`Get(Function(${e}))`,o=e=>n`Select("body", Get(Function(${e})))`,s=[`admin`,`server`,`server-readonly`,`client`],c=e=>`role ${e}`;function l(e){let t=i(e,`role`);if(typeof t==`string`)return t;let n=r(t);return n?c(n.id):``}function u(e){return e===``?`null`:e.startsWith(`role `)?n`Role(${e.slice(5)})`:JSON.stringify(e)}var d=(e,r,i)=>n`Update(Function(${e}), {
  body: ${t(r)},
  role: ${t(u(i))}
})`,f=(e,r,i)=>n`CreateFunction({
  name: ${e},
  body: ${t(r)}${t(i===``?``:`,\n  role: ${u(i)}`)}
})`,p=(e,t)=>`Call(${[n`Function(${e})`,...t.map(e=>e.trim()===``?`null`:e)].join(`, `)})`;function m(t){let n=i(t,`body`);return n instanceof e?n.parameters:[]}export{f as a,l as c,a as i,u as l,s as n,c as o,p as r,m as s,o as t,d as u};