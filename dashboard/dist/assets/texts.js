import{g as e,m as t}from"./index.js";import{a as n,n as r}from"./access.js";import{h as i}from"./database.js";var a=`Map(Paginate(Functions(), {size: 1000}), Lambda("ref", Get(Var("ref"))))`,o=e=>t`Get(Function(${e}))`,s=e=>t`Select("body", Get(Function(${e})))`,c=[`admin`,`server`,`server-readonly`,`client`],l=e=>`role ${e}`;function u(e){let t=r(e,`role`);if(typeof t==`string`)return t;let i=n(t);return i?l(i.id):``}function d(e){return e===``?`null`:e.startsWith(`role `)?t`Role(${e.slice(5)})`:JSON.stringify(e)}var f=(n,r,i)=>t`Update(Function(${n}), {
  body: ${e(r)},
  role: ${e(d(i))}
})`,p=(n,r,i)=>t`CreateFunction({
  name: ${n},
  body: ${e(r)}${e(i===``?``:`,\n  role: ${d(i)}`)}
})`,m=(e,n)=>`Call(${[t`Function(${e})`,...n.map(e=>e.trim()===``?`null`:e)].join(`, `)})`;function h(e){let t=r(e,`body`);return t instanceof i?t.parameters:[]}export{a,h as c,f as d,o as i,u as l,c as n,p as o,m as r,l as s,s as t,d as u};