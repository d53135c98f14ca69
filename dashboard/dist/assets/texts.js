import{d as e,i as t,n}from"./query.js";import{a as r,n as i}from"./access.js";var a=`Map(Paginate(Functions(), {size: 1000}), Lambda("ref", Get(Var("ref"))))`,o=e=>n`Get(Function(${e}))`,s=e=>n`Select("body", Get(Function(${e})))`,c=[`admin`,`server`,`server-readonly`,`client`],l=e=>`role ${e}`;function u(e){let t=i(e,`role`);if(typeof t==`string`)return t;let n=r(t);return n?l(n.id):``}function d(e){return e===``?`null`:e.startsWith(`role `)?n`Role(${e.slice(5)})`:JSON.stringify(e)}var f=(e,r,i)=>n`Update(Function(${e}), {
  body: ${t(r)},
  role: ${t(d(i))}
})`,p=(e,r,i)=>n`CreateFunction({
  name: ${e},
  body: ${t(r)}${t(i===``?``:`,\n  role: ${d(i)}`)}
})`,m=(e,t)=>`Call(${[n`Function(${e})`,...t.map(e=>e.trim()===``?`null`:e)].join(`, `)})`;function h(t){let n=i(t,`body`);return n instanceof e?n.parameters:[]}export{a,h as c,f as d,o as i,u as l,c as n,p as o,m as r,l as s,s as t,d as u};