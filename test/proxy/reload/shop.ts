/** A balancer with its manager, as an httpd.conf has them. `members`: its lines; `set`: what `ProxySet` says. */
export const shopWith = (members: readonly string[], set: string) => `<Proxy balancer://shop>
${members.map((member) => `  BalancerMember ${member}`).join('\n')}
  ProxySet ${set}
</Proxy>
ProxyPass /balancer-manager !
ProxyPass / balancer://shop/
<Location /balancer-manager>
  SetHandler balancer-manager
  Require local
</Location>
`;
