import{T as e,d as t,f as n,g as r,y as i}from"./index.js";var a=`Map(Paginate(Functions(), {size: 1000}), Lambda("ref", Get(Var("ref"))))`,o=e=>t`Get(Function(${e}))`,s=e=>t`Select("body", Get(Function(${e})))`,c=[`admin`,`server`,`server-readonly`,`client`],l=e=>`role ${e}`;function u(e){let t=r(e,`role`);if(typeof t==`string`)return t;let n=i(t);return n?l(n.id):``}function d(e){return e===``?`null`:e.startsWith(`role `)?t`Role(${e.slice(5)})`:JSON.stringify(e)}var f=(e,r,i)=>t`Update(Function(${e}), {
  body: ${n(r)},
  role: ${n(d(i))}
})`,p=(e,r,i)=>t`CreateFunction({
  name: ${e},
  body: ${n(r)}${n(i===``?``:`,\n  role: ${d(i)}`)}
})`,m=(e,n)=>`Call(${[t`Function(${e})`,...n.map(e=>e.trim()===``?`null`:e)].join(`, `)})`;function h(t){let n=r(t,`body`);return n instanceof e?n.parameters:[]}export{a,h as c,f as d,o as i,u as l,c as n,p as o,m as r,l as s,s as t,d as u};